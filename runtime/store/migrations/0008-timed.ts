/** Up to when db triggers on a time have looked for records. A plan belongs to its trigger and ends with it. */
export const sql = `
CREATE TABLE timed_plans (
  project_id TEXT NOT NULL,
  name TEXT NOT NULL,
  rule TEXT NOT NULL,
  checked_at INTEGER NOT NULL,
  after_id INTEGER NOT NULL,
  armed INTEGER NOT NULL,
  PRIMARY KEY (project_id, name),
  FOREIGN KEY (project_id, name) REFERENCES triggers (project_id, name) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
`;
