import { placelessError } from '../../../sandbox/job/job-error.ts';
import type { JobRow } from '../job-store.ts';

/** What becomes of a job whose process is gone. */

/** A webhook's own job that was not queued: its caller waits, or waited. Others go back to the queue. */
export const hasCaller = ({ trigger_type, parent_id, args }: JobRow): boolean =>
  trigger_type === 'webhook' && parent_id === null && args === null;

/** The final state of one that has a caller. */
export const crashed = (job: JobRow, at: number): JobRow => ({
  ...job,
  status: 'crashed',
  overall: 'crashed',
  finished_at: at,
  error: SERVER_DIED,
  input_whole: 0,
});

const SERVER_DIED = JSON.stringify(
  placelessError(
    'ServerStopped',
    'The server stopped while this job was running. The caller has to call again.',
  ),
);
