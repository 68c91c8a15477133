/**
 * What webhooks that check their callers were sent, and the ids that they took. An id is found by its trigger and hash; those
 * that are too old by their time. Deliveries with a job and without are counted, and fall out, each for themselves.
 */
export const sql = `
CREATE TABLE taken_ids (
  project_id TEXT NOT NULL,
  name TEXT NOT NULL,
  hash TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (project_id, name, hash),
  FOREIGN KEY (project_id, name) REFERENCES triggers (project_id, name) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX taken_ids_at ON taken_ids (at);

CREATE TABLE deliveries (
  id TEXT PRIMARY KEY,
  project_id TEXT NOT NULL,
  name TEXT NOT NULL,
  at INTEGER NOT NULL,
  taken INTEGER NOT NULL,
  method TEXT NOT NULL,
  path TEXT NOT NULL,
  remote_addr TEXT NOT NULL,
  status INTEGER NOT NULL,
  job TEXT,
  redelivery_of TEXT,
  redelivered_by TEXT,
  verdict TEXT NOT NULL,
  headers TEXT,
  bytes INTEGER NOT NULL,
  body TEXT,
  sealed TEXT,
  FOREIGN KEY (project_id, name) REFERENCES triggers (project_id, name) ON DELETE CASCADE
) STRICT;
CREATE INDEX deliveries_trigger ON deliveries (project_id, name, taken, id);
`;
