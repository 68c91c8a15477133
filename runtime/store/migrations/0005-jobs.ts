const SUB_JOBS = (table: string): string => `
ALTER TABLE ${table} ADD COLUMN args TEXT;
ALTER TABLE ${table} ADD COLUMN depth INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ${table} ADD COLUMN identity_key TEXT;
ALTER TABLE ${table} ADD COLUMN description TEXT;
`;

/** Sub-jobs, and whether a job's input is still the one that it ran with: of what ended before, nobody can tell. */
export const sql = `
ALTER TABLE jobs ADD COLUMN input_whole INTEGER NOT NULL DEFAULT 1;
${SUB_JOBS('jobs')}
CREATE UNIQUE INDEX jobs_identity ON jobs (project_id, identity_key) WHERE identity_key IS NOT NULL;
CREATE INDEX jobs_sub ON jobs (project_id) WHERE parent_id IS NOT NULL;
`;

/** The same for each month of finished jobs. */
export const monthSql = (table: string): string => `
ALTER TABLE ${table} ADD COLUMN input_whole INTEGER NOT NULL DEFAULT 0;
${SUB_JOBS(table)}`;
