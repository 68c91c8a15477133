import type Database from 'better-sqlite3';
import type { Session } from '../postgres/database/session.ts';
import { readMonths, tableOf } from '../sqlite/schema/month-tables.ts';
import { refusal } from './refusal.ts';

/*
 * A process that was killed leaves its chain of the ledger open. The next start on SQLite closes the newest one; nodes on PostgreSQL
 * close those of `ledger_chains` whose lease has ended.
 */

interface LastRow {
  readonly chain: string;
  readonly seq: number;
  readonly position: number;
  readonly hash: string;
}

/** Notes SQLite's open chain, so that the first node closes it. */
export async function noteOpenChain(session: Session, sqlite: Database.Database): Promise<void> {
  const last = newestRow(sqlite);
  if (last === undefined) return;
  const known = sqlite
    .prepare<[string], { readonly kind: string; readonly seq: number }>(
      `SELECT kind, seq FROM ledger_checkpoints WHERE chain = ? AND kind <> 'removed' ORDER BY number DESC LIMIT 1`,
    )
    .get(last.chain);
  const checkpointed = known?.seq ?? 0;
  // What a checkpoint is ahead of was cut off: nothing to be closed, but for the verification to find.
  if (known?.kind === 'closed' || checkpointed > last.seq) return;
  await session.rows(
    'INSERT INTO ledger_chains (chain, base, seq, hash, checkpointed, lease_until) VALUES ($1, $2, $3, $4, $5, 0)',
    [last.chain, last.position - last.seq, last.seq, last.hash, checkpointed],
  );
}

function newestRow(db: Database.Database): LastRow | undefined {
  return readMonths(db, 'ledger')
    .map((month) =>
      db
        .prepare<[], LastRow>(
          `SELECT chain, seq, position, hash FROM ${tableOf('ledger', month)} ORDER BY position DESC LIMIT 1`,
        )
        .get(),
    )
    .filter((row) => row !== undefined)
    .sort((one, other) => other.position - one.position)[0];
}

/** Refuses to leave PostgreSQL while a chain is open there: a start on SQLite would not close it. */
export async function refuseOpenChains(session: Session, where: string): Promise<void> {
  const open = await session.row('SELECT chain FROM ledger_chains LIMIT 1');
  if (open === undefined) return;
  throw refusal(
    'source_in_use',
    `${where} has a chain of the ledger that is not closed: a node was killed. ` +
      'Start a node on it, wait for two minutes, or twice the longest --lease of any node if that is longer, stop it, and move then.',
  );
}
