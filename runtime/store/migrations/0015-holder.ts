/** Who holds a job is said by `process` alone: what a start of the server called itself besides was never asked for. */
export const sql = 'ALTER TABLE jobs DROP COLUMN holder;';
