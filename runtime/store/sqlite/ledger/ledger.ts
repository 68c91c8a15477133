import type { KeyObject } from 'node:crypto';
import type Database from 'better-sqlite3';
import { CHAIN_START, linkRow } from '../../chain.ts';
import type { CheckpointKind } from '../../checkpoint.ts';
import { storable } from '../../ledger-rows.ts';
import type { LedgerStore, LedgerWrite } from '../../ledger-store.ts';
import { monthOf } from '../../months.ts';
import { ledgerTable } from '../../partition-tables.ts';
import type { Commits } from '../database/group-commit.ts';
import { type Partitions, partitions } from '../schema/partitions.ts';
import type { Checkpoints } from './checkpoints.ts';

/** The append-only ledger. */
export interface Ledger extends Pick<LedgerStore, 'appendLedger' | 'checkpointLedger'> {
  /** Only within a transaction. */
  append(rows: readonly LedgerWrite[]): void;
  /** Writes the checkpoint that closes the chain; only within a transaction, the last one. */
  close(): void;
  readonly months: Partitions<Database.Statement<(string | number | null)[]>>;
}

/** Rows of a chain between two checkpoints, at most. */
const ROWS_BETWEEN = 1000;

const COLUMNS =
  'position, chain, seq, previous_hash, hash, id, at, kind, project, task, "trigger", job, version, user, recipient, method, ' +
  'url, bytes, sha256, excerpt, status, blocked, error, received_bytes, duration_ms, of';
const PLACES = Array(26).fill('?').join(', ');

export interface LedgerOptions {
  /** Names this start of the process. */
  readonly chain: string;
  /** Of this chain's hashes. */
  readonly key: KeyObject;
  readonly checkpoints: Checkpoints;
  /** Writes what is to be said about removed rows; only within a transaction. */
  readonly tellRemoved: () => void;
}

/** Writes the ledger, one chain for each start of the process. */
export function sqliteLedger(
  db: Database.Database,
  commits: Commits,
  { chain, key, checkpoints, tellRemoved }: LedgerOptions,
): Ledger {
  const months = partitions(db, commits, 'ledger', ledgerTable, (table) =>
    db.prepare<(string | number | null)[]>(`INSERT INTO ${table} (${COLUMNS}) VALUES (${PLACES})`),
  );
  const positions = months.months().map((month) => newestPosition(db, months.table(month)));
  // Positions are not used again when all rows are gone: checkpoints remember them.
  const position = Math.max(checkpoints.position(), ...positions);
  let head = { position, seq: 0, hash: CHAIN_START, checkpointed: 0 };
  let committedHead = head;

  // A rolled-back row must not leave a gap in the chain.
  commits.follow({
    begin() {
      committedHead = head;
    },
    committed() {},
    undone() {
      head = committedHead;
    },
  });

  function checkpoint(kind: CheckpointKind): void {
    checkpoints.write(kind, { chain, seq: head.seq, position: head.position, hash: head.hash });
    head = { ...head, checkpointed: head.seq };
  }

  function appendRow(write: LedgerWrite): void {
    if (head.seq === 0) checkpoint('opened');
    const row = storable(write);
    const link = linkRow(key, chain, head.seq + 1, head.hash, row);
    const position = head.position + 1;
    months
      .write(monthOf(row.at))
      .run(
        position,
        chain,
        link.seq,
        link.previous_hash,
        link.hash,
        row.id,
        row.at,
        row.kind,
        row.project,
        row.task,
        row.trigger,
        row.job,
        row.version,
        row.user,
        row.recipient,
        row.method,
        row.url,
        row.bytes,
        row.sha256,
        row.excerpt,
        row.status,
        row.blocked,
        row.error,
        row.received_bytes,
        row.duration_ms,
        row.of,
      );
    head = { ...head, position, seq: link.seq, hash: link.hash };
    if (head.seq - head.checkpointed >= ROWS_BETWEEN) checkpoint('going');
  }

  function append(rows: readonly LedgerWrite[]): void {
    for (const row of rows) appendRow(row);
  }

  return {
    append,
    appendLedger(rows) {
      return commits.write(() => append(rows));
    },
    checkpointLedger() {
      return commits.write(() => {
        tellRemoved();
        if (head.seq > head.checkpointed) checkpoint('going');
      });
    },
    close() {
      tellRemoved();
      if (head.seq > 0) checkpoint('closed');
    },
    months,
  };
}

function newestPosition(db: Database.Database, table: string): number {
  return db.prepare<[], number | null>(`SELECT max(position) FROM ${table}`).pluck().get() ?? 0;
}
