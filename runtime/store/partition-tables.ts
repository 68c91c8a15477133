/**
 * Tables that are split by month, as the newest migration leaves them. One that changes their shape must alter the months that
 * exist and this file together.
 */

/** Finished jobs of the month in which they were created. */
export const finishedJobsTable = (table: string): string => `
CREATE TABLE ${table} (
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
  input_whole INTEGER NOT NULL,
  args TEXT,
  result TEXT,
  error TEXT,
  parent_id TEXT,
  depth INTEGER NOT NULL,
  identity_key TEXT,
  description TEXT
) STRICT;
CREATE INDEX ${table}_project ON ${table} (project, id);
CREATE INDEX ${table}_status ON ${table} (status, id) WHERE status <> 'done';
CREATE INDEX ${table}_parent ON ${table} (parent_id) WHERE parent_id IS NOT NULL;
`;

/** Log lines by their time. `id` grows over all months; `level` is the place in `LOG_LEVELS`. */
export const logsTable = (table: string): string => `
CREATE TABLE ${table} (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  level INTEGER NOT NULL,
  message TEXT NOT NULL,
  project TEXT NOT NULL,
  project_id TEXT NOT NULL,
  task TEXT,
  "trigger" TEXT,
  job TEXT,
  name TEXT NOT NULL
) STRICT;
CREATE INDEX ${table}_project ON ${table} (project, at);
CREATE INDEX ${table}_at ON ${table} (at);
CREATE INDEX ${table}_job ON ${table} (job) WHERE job IS NOT NULL;
`;

/**
 * How many lines there are of each kind in each hour (its start, in milliseconds since 1970), and the bytes that they count
 * with. A task or trigger that a line does not have is the number 0, which equals no name. The hour comes first, so that
 * writing touches the end of the table only.
 */
export const logHoursTable = (table: string): string => `
CREATE TABLE ${table} (
  hour INTEGER NOT NULL,
  project TEXT NOT NULL,
  level INTEGER NOT NULL,
  task ANY NOT NULL,
  "trigger" ANY NOT NULL,
  count INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  PRIMARY KEY (hour, project, level, task, "trigger")
) STRICT, WITHOUT ROWID;
`;

/** Ledger rows by their time. `position` grows with each row over all months and chains. */
export const ledgerTable = (table: string): string => `
CREATE TABLE ${table} (
  position INTEGER PRIMARY KEY,
  chain TEXT NOT NULL,
  seq INTEGER NOT NULL,
  id TEXT NOT NULL,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  project TEXT NOT NULL,
  task TEXT,
  "trigger" TEXT,
  job TEXT,
  version INTEGER,
  user TEXT,
  recipient TEXT NOT NULL,
  method TEXT,
  url TEXT,
  bytes INTEGER NOT NULL,
  sha256 TEXT,
  excerpt TEXT,
  status INTEGER,
  blocked TEXT,
  error TEXT,
  received_bytes INTEGER,
  duration_ms REAL,
  of TEXT,
  previous_hash TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;
CREATE INDEX ${table}_project ON ${table} (project, at) WHERE kind <> 'outcome';
CREATE INDEX ${table}_at ON ${table} (at);
CREATE INDEX ${table}_job ON ${table} (job) WHERE job IS NOT NULL AND kind <> 'outcome';
CREATE INDEX ${table}_of ON ${table} (of) WHERE of IS NOT NULL;
`;
