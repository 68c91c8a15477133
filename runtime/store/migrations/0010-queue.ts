/**
 * The queue of one task is called so; "lane" says something else. Jobs that run have an index of their own: few they are, beside
 * however many that wait, and all of them are looked for when leases are renewed or jobs are taken back.
 */
export const sql = `
DROP INDEX jobs_lane;
ALTER TABLE jobs RENAME COLUMN lane TO queue;
CREATE INDEX jobs_queue ON jobs (queue, priority, run_at, id) WHERE ready = 1;
CREATE INDEX jobs_running ON jobs (process) WHERE status = 'running';
`;
