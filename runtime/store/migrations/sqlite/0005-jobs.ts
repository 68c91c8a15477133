/** Whether a job's input is still the one that it ran with; of what ended before, nobody can tell. */
export const sql = `
ALTER TABLE jobs ADD COLUMN input_whole INTEGER NOT NULL DEFAULT 1;
`;

/** The same for each month of finished jobs. */
export const monthSql = (table: string): string => `
ALTER TABLE ${table} ADD COLUMN input_whole INTEGER NOT NULL DEFAULT 0;
`;
