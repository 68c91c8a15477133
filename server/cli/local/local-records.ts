import type { CommitDeps } from '../../../runtime/env/embedded/commit.ts';
import { recordsOf } from '../../../runtime/env/records-of.ts';
import type { ShownRecord } from '../../../runtime/env/values/shown-record.ts';
import type { DbTrigger } from '../../../runtime/project/manifest.ts';
import type { DbBatch } from '../../../runtime/triggers/db-jobs.ts';
import { usageError } from '../cli-error.ts';
import { OWNER } from '../prepare-project.ts';
import { parseJson } from './parse-json.ts';

type Values = Readonly<Record<string, unknown>>;

/** Errors of who gave the values; all others are defects. */
const OF_VALUES: readonly string[] = ['ValidationError', 'TypeError', 'RangeError'];

/**
 * What a db trigger's handler gets: records that are made of the values in the data, one object or a list; without data, one
 * record without values. Of a trigger on deletion they are gone then. Throws a usage error for values that the model does not take.
 */
export async function localRecords(
  deps: CommitDeps,
  { model, on }: DbTrigger,
  data: Buffer | undefined,
): Promise<DbBatch> {
  const parsed = data === undefined ? {} : parseJson(data);
  const given: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  if (!given.every(isValues)) {
    throw usageError(`--data gives what records of ${model} hold: an object for one, or a list of them.`);
  }
  const records = await make(deps, model, given, data !== undefined);
  const deleted = on === 'delete';
  if (deleted) for (const { id } of records) await recordsOf(deps, OWNER).unlink(model, id);
  return { model, deleted, records };
}

const isValues = (item: unknown): item is Values =>
  typeof item === 'object' && item !== null && !Array.isArray(item);

async function make(
  deps: CommitDeps,
  model: string,
  given: readonly Values[],
  isFromData: boolean,
): Promise<readonly ShownRecord[]> {
  try {
    return await recordsOf(deps, OWNER).create(model, given);
  } catch (error) {
    if (!(error instanceof Error) || !OF_VALUES.includes(error.name)) throw error;
    throw usageError(
      isFromData
        ? `The records of --data cannot be: ${error.message}`
        : `A record without values cannot be: ${error.message} Give its values with --data.`,
    );
  }
}
