import type { JobUser } from '../../sandbox/types.ts';
import { encode } from '../../sandbox/wire/encode.ts';
import type { ShownRecord } from '../env/values/shown-record.ts';
import type { LiveProject, LiveTrigger } from '../live-project.ts';
import { newJob } from '../new-job.ts';
import { maxAttempts } from '../retry.ts';
import type { JobRow } from '../store/job-store.ts';
import { showable } from '../stored-json.ts';
import { writeArgs } from '../sub-jobs/sub-job-args.ts';

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
export function* dbJobs(
  live: LiveProject,
  trigger: LiveTrigger,
  batch: DbBatch,
  start: DbStart,
): Generator<JobRow> {
  for (const part of partsOf(batch)) {
    yield {
      ...newJob(live, trigger, {
        now: start.now,
        user: start.user,
        input: JSON.stringify(showable(part)),
        maxAttempts: maxAttempts(trigger.task),
        plannedAt: start.plannedAt ?? null,
      }),
      args: writeArgs(encode(part)),
      depth: start.depth,
    };
  }
}

function partsOf(batch: DbBatch): readonly DbBatch[] {
  const parts: ShownRecord[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const record of batch.records) {
    const bytes = encode(record).text.length;
    const last = parts.at(-1);
    if (last === undefined || last.length >= MOST_IN_BATCH || size + bytes > LARGEST_BATCH) {
      parts.push([record]);
      size = bytes;
    } else {
      last.push(record);
      size += bytes;
    }
  }
  return parts.map((records) => ({ ...batch, records }));
}
