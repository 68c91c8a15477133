import type { KeyObject } from 'node:crypto';
import { CHAIN_START, linkRow } from '../../chain.ts';
import { storable } from '../../ledger-rows.ts';
import type { LedgerWrite } from '../../ledger-store.ts';
import type { Session } from '../database/session.ts';
import type { KnownMonths } from '../schema/known-months.ts';
import type { Checkpoints, NewCheckpoint } from './checkpoints.ts';

/** The newest row of a chain, as it is in `ledger_chains`. */
export interface Head {
  readonly chain: string;
  /** A row's position is this and its number: so the positions of a chain have no gaps, whoever else writes. */
  readonly base: number;
  readonly seq: number;
  readonly hash: string;
  /** The newest row that a checkpoint covers. */
  readonly checkpointed: number;
}

/** Thrown when the chain is not as this process knows it: somebody has closed it, or a write that was believed lost has come after all. */
export class ChainMoved extends Error {
  override readonly name = 'ChainMoved';
}

/** Rows of a chain between two checkpoints, at most. */
const ROWS_BETWEEN = 1000;
/** Each chain has so many positions of its own. */
export const CHAIN_POSITIONS = 2 ** 28;

export interface LedgerRowsOptions {
  readonly key: KeyObject;
  readonly months: KnownMonths;
  readonly checkpoints: Checkpoints;
  readonly now: () => number;
  /** A process that does not write or renew for so long has its chain closed by another; in milliseconds. */
  readonly leaseMs: number;
}

/** Rows of the ledger; only within a transaction, and only one at a time. */
export interface LedgerRows {
  /**
   * Appends rows to the chain that ends with `head` and gives its new end, which holds once the transaction is committed. Rejects
   * with `ChainMoved` when the chain ends elsewhere.
   */
  append(session: Session, head: Head, rows: readonly LedgerWrite[]): Promise<Head>;
  /** Says with a checkpoint where the chain is, unless one does. */
  checkpoint(session: Session, head: Head, kind: 'going' | 'closed'): Promise<Head>;
}

export const newHead = (chain: string, base: number): Head => ({
  chain,
  base,
  seq: 0,
  hash: CHAIN_START,
  checkpointed: 0,
});

export function ledgerRows({ key, months, checkpoints, now, leaseMs }: LedgerRowsOptions): LedgerRows {
  async function move(session: Session, from: Head, to: Head): Promise<void> {
    const values = [to.chain, to.base, to.seq, to.hash, to.checkpointed, now() + leaseMs];
    const moved =
      from.seq === 0
        ? await session.changes(BEGIN_CHAIN, values)
        : await session.changes(MOVE_CHAIN, [...values, from.seq, from.checkpointed]);
    if (moved === 0) throw new ChainMoved(`Chain ${to.chain} does not end with row ${from.seq}.`);
  }

  return {
    async append(session, head, writes) {
      if (writes.length === 0) return head;
      const rows = writes.map(storable);
      await months.within(
        session,
        'ledger',
        rows.map(({ at }) => at),
      );
      const { linked, to, due } = link(key, head, rows);
      await Promise.all([
        move(session, head, to),
        months.orForget(session.rows(APPEND, [JSON.stringify(linked)])),
        checkpoints.write(session, due),
      ]);
      return to;
    },

    async checkpoint(session, head, kind) {
      const to = { ...head, checkpointed: head.seq };
      const place = placeOf(head);
      if (kind === 'going') await move(session, head, to);
      else if ((await session.changes(END_CHAIN, [head.chain, head.seq])) === 0)
        throw new ChainMoved(`Chain ${head.chain} does not end with row ${head.seq}.`);
      await checkpoints.write(session, [{ kind, ...place }]);
      return to;
    },
  };
}

export const placeOf = ({ chain, base, seq, hash }: Omit<Head, 'checkpointed'>) => ({
  chain,
  seq,
  position: base + seq,
  hash,
});

type LinkedRow = LedgerWrite & {
  readonly position: number;
  readonly chain: string;
  readonly seq: number;
  readonly previous_hash: string;
  readonly hash: string;
};

/** The rows with their links, where the chain then ends, and the checkpoints that come with them. */
function link(key: KeyObject, head: Head, rows: readonly LedgerWrite[]) {
  const due: NewCheckpoint[] = head.seq === 0 ? [{ kind: 'opened', ...placeOf(head) }] : [];
  const linked: LinkedRow[] = [];
  let to = head;
  for (const row of rows) {
    const made = linkRow(key, head.chain, to.seq + 1, to.hash, row);
    linked.push({ ...row, ...made, position: head.base + made.seq });
    to = { ...to, seq: made.seq, hash: made.hash };
    if (to.seq - to.checkpointed < ROWS_BETWEEN) continue;
    due.push({ kind: 'going', ...placeOf(to) });
    to = { ...to, checkpointed: to.seq };
  }
  return { linked, to, due };
}

const TYPES = {
  position: 'bigint',
  chain: 'text',
  seq: 'bigint',
  previous_hash: 'text',
  hash: 'text',
  id: 'text',
  at: 'bigint',
  kind: 'text',
  project: 'text',
  task: 'text',
  trigger: 'text',
  job: 'text',
  version: 'bigint',
  user: 'text',
  recipient: 'text',
  method: 'text',
  url: 'text',
  bytes: 'bigint',
  sha256: 'text',
  excerpt: 'text',
  status: 'bigint',
  blocked: 'text',
  error: 'text',
  received_bytes: 'bigint',
  duration_ms: 'double precision',
  of: 'text',
} as const satisfies Record<keyof LinkedRow, string>;

const COLUMNS = Object.keys(TYPES)
  .map((name) => `"${name}"`)
  .join(', ');
const FIELDS = Object.entries(TYPES)
  .map(([name, type]) => `"${name}" ${type}`)
  .join(', ');

const APPEND = {
  name: 'append ledger',
  text: `INSERT INTO ledger (${COLUMNS}) SELECT ${COLUMNS} FROM json_to_recordset($1) AS row(${FIELDS})`,
};
const BEGIN_CHAIN = {
  name: 'begin chain',
  text: `INSERT INTO ledger_chains (chain, base, seq, hash, checkpointed, lease_until) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (chain) DO NOTHING`,
};
const MOVE_CHAIN = {
  name: 'move chain',
  text: `UPDATE ledger_chains SET seq = $3, hash = $4, checkpointed = $5, lease_until = greatest(lease_until, $6)
WHERE chain = $1 AND base = $2 AND seq = $7 AND checkpointed = $8`,
};
const END_CHAIN = {
  name: 'end chain',
  text: 'DELETE FROM ledger_chains WHERE chain = $1 AND seq = $2',
};
