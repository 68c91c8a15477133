/**
 * When cron triggers run. A plan belongs to its trigger and ends with it; `next_at` of a trigger is what was set on the
 * server. One index holds what can fall due, so that a look for it costs the same however many triggers there are.
 *
 * Jobs of cron triggers that are not finished have an index of their own: each tick asks for them.
 */
export const sql = `
ALTER TABLE triggers ADD COLUMN next_at INTEGER;

CREATE TABLE cron_plans (
  project_id TEXT NOT NULL,
  name TEXT NOT NULL,
  rhythm TEXT NOT NULL,
  next_at INTEGER,
  armed INTEGER NOT NULL,
  PRIMARY KEY (project_id, name),
  FOREIGN KEY (project_id, name) REFERENCES triggers (project_id, name) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX cron_plans_due ON cron_plans (next_at) WHERE armed = 1;

CREATE INDEX jobs_cron ON jobs (project_id, "trigger") WHERE trigger_type = 'cron' AND parent_id IS NULL;
`;
