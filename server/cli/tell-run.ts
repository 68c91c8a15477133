import type { ApiJob } from './api-shapes.ts';
import { checkOutcome, howItIs } from './job-text.ts';
import type { Output } from './output.ts';

/** A job that was waited for: its result on stdout, its id and how it went on stderr. Throws a `CliError` when it failed. */
export function tellRun(output: Output, job: ApiJob): void {
  const took = job.duration_ms === null ? '' : ` after ${job.duration_ms} ms`;
  output.note(`Job ${job.id} ${howItIs(job.status)}${took}.`);
  if (job.finished_at === null) output.note(`See how it goes on: sluice jobs show ${job.id}`);
  if (output.json || job.finished_at !== null)
    output.result(job, () => JSON.stringify(job.result ?? null, null, 2));
  checkOutcome(job, `Job ${job.id}`);
}
