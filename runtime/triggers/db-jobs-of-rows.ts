import { MOST_STARTED } from '../env/bounds.ts';
import { type ShowDeps, showRecords } from '../env/embedded/show-records.ts';
import { standardFields } from '../env/values/shown-record.ts';
import type { LiveProject, LiveTrigger } from '../live-project.ts';
import type { JobRow } from '../store/job-store.ts';
import type { Model, RecordRow } from '../store/record-store.ts';
import type { Turns } from '../turns.ts';
import { type DbStart, dbJobs, LARGEST_BATCH, MOST_IN_BATCH } from './db-jobs.ts';

/** The jobs are too large to be committed together: nothing is lost when what starts them is done in parts. */
export class TooMuchStarted extends RangeError {}

/** Counts what is started by one commit, in characters. */
export class StartedSize {
  readonly #most: number;
  #characters = 0;

  constructor(most = MOST_STARTED) {
    this.#most = most;
  }

  /** Throws a `TooMuchStarted`. */
  add({ input, args }: JobRow, model: string): void {
    this.#characters += (input?.length ?? 0) + (args?.length ?? 0);
    if (this.#characters <= this.#most) return;
    throw new TooMuchStarted(
      `The db triggers on ${model} would start jobs of more than ${this.#most} characters by this change, so it was not made. Change fewer records at once.`,
    );
  }
}

/** What every job of a trigger that is fired has in common. */
export interface Firing {
  readonly live: LiveProject;
  readonly trigger: LiveTrigger;
  readonly model: Model;
  readonly deleted: boolean;
  readonly start: DbStart;
  readonly size: StartedSize;
}

/** Jobs of a db trigger for all of these rows, however many and large: they are shown in parts. Throws a `TooMuchStarted`. */
export async function dbJobsOfRows(
  show: ShowDeps,
  { live, trigger, model, deleted, start, size }: Firing,
  rows: readonly RecordRow[],
  turns: Turns,
): Promise<readonly JobRow[]> {
  const jobs: JobRow[] = [];
  const fields = standardFields(model);
  for (const part of partsOf(model, fields, rows)) {
    const { records } = await showRecords(show, model, part, fields);
    for (const job of await dbJobs(live, trigger, { model: model.name, deleted, records }, start, turns)) {
      size.add(job, model.name);
      jobs.push(job);
    }
  }
  return jobs;
}

/** No more rows than make one batch: showing them is far from its own limit then. */
function* partsOf(
  model: Model,
  fields: readonly string[],
  rows: readonly RecordRow[],
): Generator<readonly RecordRow[]> {
  const references = [...model.fields.values()].filter(({ type }) => type === 'many2one').length;
  const least = fields.join().length + references * 100;
  let part: RecordRow[] = [];
  let bytes = 0;
  for (const row of rows) {
    const of = least + JSON.stringify(row.values).length;
    if (part.length > 0 && (part.length >= MOST_IN_BATCH || bytes + of > LARGEST_BATCH)) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(row);
    bytes += of;
  }
  if (part.length > 0) yield part;
}
