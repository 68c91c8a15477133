/**
 * Tables that are not split by time. A job lives in `jobs` until it is finished; then it moves to the table of the month
 * in which it was created (see `../partition-tables.ts`).
 *
 * `lane` is the queue of one task. `ready` is 1 once a queued job is due: a claim looks only at the heads of lanes of ready
 * jobs, so neither a long queue of a busy task nor jobs planned for later cost the others anything.
 */
export const sql = `
CREATE TABLE projects (
  id TEXT PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  active INTEGER NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE versions (
  project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  files TEXT NOT NULL,
  bundle TEXT,
  manifest TEXT NOT NULL,
  program TEXT NOT NULL,
  PRIMARY KEY (project_id, number)
) STRICT;

CREATE TABLE triggers (
  project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  active INTEGER,
  hook TEXT UNIQUE,
  PRIMARY KEY (project_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE params (
  project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  set_at INTEGER NOT NULL,
  PRIMARY KEY (project_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE secrets (
  project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  version INTEGER NOT NULL,
  key_id TEXT NOT NULL,
  iv BLOB NOT NULL,
  tag BLOB NOT NULL,
  ciphertext BLOB NOT NULL,
  set_at INTEGER NOT NULL,
  set_by TEXT NOT NULL,
  PRIMARY KEY (project_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE tokens (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL
) STRICT;

CREATE TABLE jobs (
  id TEXT PRIMARY KEY,
  project_id TEXT NOT NULL,
  project TEXT NOT NULL,
  task TEXT NOT NULL,
  "trigger" TEXT NOT NULL,
  trigger_type TEXT NOT NULL,
  function TEXT NOT NULL,
  status TEXT NOT NULL,
  overall TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  max_attempts INTEGER NOT NULL,
  priority INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  planned_at INTEGER,
  run_at INTEGER NOT NULL,
  started_at INTEGER,
  finished_at INTEGER,
  cpu_ms REAL,
  version INTEGER,
  user TEXT NOT NULL,
  input TEXT,
  result TEXT,
  error TEXT,
  parent_id TEXT,
  ready INTEGER NOT NULL,
  holder TEXT,
  lease_until INTEGER,
  process TEXT,
  lane TEXT NOT NULL GENERATED ALWAYS AS (project_id || '/' || task) VIRTUAL
) STRICT;
CREATE INDEX jobs_lane ON jobs (lane, priority, run_at, id) WHERE ready = 1;
CREATE INDEX jobs_due ON jobs (ready, run_at) WHERE status = 'queued';
CREATE INDEX jobs_project ON jobs (project, id);
CREATE INDEX jobs_parent ON jobs (parent_id) WHERE parent_id IS NOT NULL;
`;
