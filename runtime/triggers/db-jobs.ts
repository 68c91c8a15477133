import type { JobUser } from '../../sandbox/types.ts';
import { encode } from '../../sandbox/wire/encode.ts';
import type { ShownRecord } from '../env/values/shown-record.ts';
import type { LiveProject, LiveTrigger } from '../live-project.ts';
import { masksOf } from '../mask/project-masks.ts';
import { newJob } from '../new-job.ts';
import { maxAttempts } from '../retry.ts';
import type { JobRow } from '../store/job-store.ts';
import { storedJson } from '../stored-json.ts';
import { writeArgs } from '../sub-jobs/sub-job-args.ts';
import { Turns } from '../turns.ts';

/** Of the records that one job gets, in characters as they are stored. */
export const LARGEST_BATCH = 1024 * 1024;
export const MOST_IN_BATCH = 1000;

export interface DbBatch {
  readonly model: string;
  /** They are gone: these are their last values. */
  readonly deleted: boolean;
  readonly records: readonly ShownRecord[];
}

/** What jobs that are started together have in common. */
export interface DbStart {
  readonly now: number;
  readonly user: JobUser;
  readonly depth: number;
  readonly plannedAt?: number | null;
}

/** Jobs of a db trigger for these records: one, or as many as their size asks for. */
export async function dbJobs(
  live: LiveProject,
  trigger: LiveTrigger,
  batch: DbBatch,
  start: DbStart,
  turns = new Turns(),
): Promise<readonly JobRow[]> {
  const { stored } = masksOf(live);
  const jobs: JobRow[] = [];
  for (const { records, texts } of await partsOf(batch, turns)) {
    const given = { ...batch, records };
    const args = writeArgs({ text: written(given, texts), tails: [] });
    await turns.spend(args.length);
    const job = newJob(live, trigger, {
      now: start.now,
      user: start.user,
      // The job runs with its arguments: of the input as much is kept as will be kept of it in the end.
      input: storedJson(given, stored, args.length),
      maxAttempts: maxAttempts(trigger.task),
      plannedAt: start.plannedAt ?? null,
    });
    jobs.push({ ...job, args, depth: start.depth });
  }
  return jobs;
}

/** The same as `encode(batch)` gives, whose records were written to `texts` before; no field of them holds bytes. */
const written = ({ model, deleted }: DbBatch, texts: readonly string[]): string =>
  `{"model":${JSON.stringify(model)},"deleted":${deleted},"records":[${texts.join(',')}]}`;

/** Records of one job, and each of them as the codec writes it. */
interface Part {
  readonly records: ShownRecord[];
  readonly texts: string[];
}

async function partsOf({ records }: DbBatch, turns: Turns): Promise<readonly Part[]> {
  const parts: Part[] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const record of records) {
    const { text } = encode(record);
    await turns.spend(text.length);
    const last = parts.at(-1);
    if (last === undefined || last.records.length >= MOST_IN_BATCH || size + text.length > LARGEST_BATCH) {
      parts.push({ records: [record], texts: [text] });
      size = text.length;
    } else {
      last.records.push(record);
      last.texts.push(text);
      size += text.length;
    }
  }
  return parts;
}
