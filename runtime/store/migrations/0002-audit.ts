/** What Managers should know of. `position` grows with each row. */
export const sql = `
CREATE TABLE audit (
  position INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  project TEXT,
  task TEXT,
  "trigger" TEXT,
  job TEXT,
  version INTEGER,
  user TEXT,
  name TEXT,
  message TEXT NOT NULL
) STRICT;
CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_project ON audit (project, at);
CREATE INDEX audit_kind ON audit (kind, at);
`;
