import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import type { LedgerWrite, StoredLedgerRow } from './ledger-store.ts';

/**
 * The chain of the ledger. Each process start opens a chain of its own; its rows are numbered from 1 without gaps, and
 * each row's hash covers the row and the hash before it, under a key that whoever can edit the database does not have.
 * A row that was changed, moved, added or removed later no longer fits its neighbours.
 */

/** A row's place in its chain. */
export interface Link {
  readonly chain: string;
  readonly seq: number;
  readonly previous_hash: string;
  readonly hash: string;
}

/** What the first row of a chain follows. */
export const CHAIN_START = '0'.repeat(64);

/** The key as `linkRow` takes it, made once: that costs more than a hash. */
export function chainKeyObject(key: Uint8Array): KeyObject {
  return createSecretKey(key);
}

/** The link that follows `previousHash`. `row` must be as it is stored: text made valid, numbers unchanged. */
export function linkRow(
  key: KeyObject,
  chain: string,
  seq: number,
  previousHash: string,
  row: LedgerWrite,
): Link {
  const hash = createHmac('sha256', key)
    .update(previousHash + canonicalRow(chain, seq, row))
    .digest('hex');
  return { chain, seq, previous_hash: previousHash, hash };
}

/** What the row's hash has to be under this key, going by all the rest of the row. */
export function hashOf(key: KeyObject, row: StoredLedgerRow): string {
  return linkRow(key, row.chain, row.seq, row.previous_hash, row).hash;
}

/** Whether the row is as it was written, under one of these keys. */
export function isAsWritten(keys: readonly KeyObject[], row: StoredLedgerRow): boolean {
  return keys.some((key) => hashOf(key, row) === row.hash);
}

/**
 * The bytes that are hashed: a JSON array of the form's number and every column in this order. Neither the order nor a
 * column may ever change; a new form gets a new number.
 */
function canonicalRow(chain: string, seq: number, row: LedgerWrite): string {
  return JSON.stringify([
    1,
    chain,
    seq,
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
  ]);
}
