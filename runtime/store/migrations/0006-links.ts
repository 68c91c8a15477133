/**
 * Links: two references, the one whose system comes first in `system_a` and `ref_a`. That of a record is kept as `model,id`, so
 * that records of one model stand together in an index. Text compares byte by byte.
 *
 * Each index serves one kind of look-up by key: a pair or a reference, from either side; a relation or a project by id.
 * `link_totals` is what a project's links are together.
 */
export const sql = `
CREATE TABLE links (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  relation TEXT NOT NULL,
  model TEXT,
  system_a TEXT NOT NULL,
  ref_a TEXT NOT NULL,
  system_b TEXT NOT NULL,
  ref_b TEXT NOT NULL,
  sync_date INTEGER NOT NULL,
  bytes INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX links_a ON links (project_id, relation, system_a, ref_a, system_b, ref_b);
CREATE INDEX links_b ON links (project_id, relation, system_b, ref_b, system_a);
CREATE INDEX links_relation ON links (project_id, relation);
CREATE INDEX links_project ON links (project_id);

CREATE TABLE link_totals (
  project_id TEXT PRIMARY KEY REFERENCES projects (id) ON DELETE CASCADE,
  links INTEGER NOT NULL,
  bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;
