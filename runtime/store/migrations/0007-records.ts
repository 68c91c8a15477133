/**
 * Records of the embedded connection. Each model has a table of its own, `records_<number>` (see `../sqlite/records/tables.ts`), so that
 * fields that are declared as indexed or unique get indexes of their own. `model_fields` is what was learned from first values,
 * `model_declarations` what projects say; both together make a model. `last_id` only grows: no record gets the id of a deleted one.
 */
export const sql = `
CREATE TABLE models (
  number INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  last_id INTEGER NOT NULL
) STRICT;

CREATE TABLE model_fields (
  model TEXT NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  relation TEXT,
  PRIMARY KEY (model, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE model_declarations (
  project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  model TEXT NOT NULL,
  strict INTEGER NOT NULL,
  fields TEXT NOT NULL,
  PRIMARY KEY (project_id, model)
) STRICT, WITHOUT ROWID;
CREATE INDEX model_declarations_model ON model_declarations (model);

CREATE TABLE record_files (
  model INTEGER NOT NULL,
  record_id INTEGER NOT NULL,
  field TEXT NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (model, record_id, field)
) STRICT;

CREATE TABLE record_totals (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  bytes INTEGER NOT NULL
) STRICT;
INSERT INTO record_totals (one, bytes) VALUES (1, 0);
`;
