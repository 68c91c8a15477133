/**
 * Registers: values in their encoded form, `tails` as a JSON list of base64, null for none. Text compares byte by byte, which
 * is the order of code points. `register_totals` is what a project's registers take together, and the highest version that
 * went away with an entry: a new one starts above it, so that no key has the same version twice.
 */
export const sql = `
CREATE TABLE registers (
  project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  tails TEXT,
  version INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  written_at INTEGER NOT NULL,
  PRIMARY KEY (project_id, name, key)
) STRICT;

CREATE TABLE register_totals (
  project_id TEXT PRIMARY KEY REFERENCES projects (id) ON DELETE CASCADE,
  bytes INTEGER NOT NULL,
  last_deleted INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;
