/**
 * Signed statements about the ledger: which row a chain had reached, and which of its rows were removed by age. What each
 * signature covers is in `checkpoint.ts` and `removed-rows.ts`.
 */
export const sql = `
CREATE TABLE ledger_checkpoints (
  number INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  chain TEXT NOT NULL,
  seq INTEGER NOT NULL,
  position INTEGER NOT NULL,
  hash TEXT NOT NULL,
  at INTEGER NOT NULL,
  mac TEXT NOT NULL
) STRICT;
CREATE INDEX ledger_checkpoints_chain ON ledger_checkpoints (chain, seq);

CREATE TABLE ledger_removed (
  chain TEXT NOT NULL,
  first_seq INTEGER NOT NULL,
  last_seq INTEGER NOT NULL,
  previous_hash TEXT NOT NULL,
  hash TEXT NOT NULL,
  mac TEXT NOT NULL,
  PRIMARY KEY (chain, first_seq)
) STRICT, WITHOUT ROWID;
`;
