import type { LiveProject } from './live-project.ts';
import { masksOf } from './mask/project-masks.ts';
import type { JobRow } from './store/job-store.ts';
import { storedText } from './stored-json.ts';

/** What a job is stored with once it has ended. It can be run again by hand only with a whole input. */
export type KeptInput = Pick<JobRow, 'input' | 'args' | 'input_whole'>;

/** What is kept of the input of a queued job, which until now is the one that it runs with. */
export function keptInput(job: JobRow, live: LiveProject, failed: boolean): KeptInput {
  if (!isKept(live, failed)) return notKept(job);
  if (hasRequest(job)) return { input: job.input, args: null, input_whole: 0 };
  const { stored } = masksOf(live);
  const input = job.input === null ? null : storedText(job.input, stored);
  const isWhole = input === job.input && (job.args === null || storedText(job.args, stored) === job.args);
  return isWhole ? { input, args: job.args, input_whole: 1 } : { input, args: null, input_whole: 0 };
}

/** A queued job of a webhook: `args` is the request, sealed, which goes when the job ends; `input` is masked already. */
export const hasRequest = ({ trigger_type, parent_id, args }: JobRow): boolean =>
  trigger_type === 'webhook' && parent_id === null && args !== null;

/** Of a job that had no input nothing is missing. */
export const notKept = ({ input }: Pick<JobRow, 'input'>): KeptInput => ({
  input: null,
  args: null,
  input_whole: input === null ? 1 : 0,
});

/** `keep.input` of project.yaml. */
export function isKept(live: LiveProject, failed: boolean): boolean {
  const { input } = live.version.manifest.keep;
  return input === 'all' || (input === 'failed' && failed);
}
