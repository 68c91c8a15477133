/*
 * What one database has and the other does not, each with its reason. A table or column that only one side has and that is not in here
 * stops a move: it is what somebody forgot.
 */

/** Tables that neither side gets from the other. */
export const OWN_TABLES: ReadonlyMap<string, string> = new Map([
  ['schema_version', 'each database notes its own steps'],
  ['moving', 'it says that the move is not finished'],
]);

/** Tables and columns, as `table` or `table.column`, that only PostgreSQL has. */
export const ONLY_IN_POSTGRES: ReadonlyMap<string, string> = new Map([
  [
    'jobs.slot',
    'which slot of its task a running job has; a start takes running jobs back and gives slots anew',
  ],
  ['access_tokens', 'of nodes for each other; who moves asks for new ones'],
  ['errands', 'who fetches such a token, for seconds'],
  ['ledger_chains', 'chains that are open: there is one at most, and `open-chain.ts` looks after it'],
  ['record_ids', 'last ids of models, which SQLite has in `models`; see `given-numbers.ts`'],
]);

/** Columns that only SQLite has. */
export const ONLY_IN_SQLITE: ReadonlyMap<string, string> = new Map([
  ['log_totals.newest_id', 'the sequence log_ids says the same, see `given-numbers.ts`'],
]);
