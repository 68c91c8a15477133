import type { Checkpoint } from '../checkpoint.ts';
import type { StoredLedgerRow } from '../ledger-store.ts';
import type { RemovedRows } from '../removed-rows.ts';
import type { Later, LaterItems } from './steps.ts';

/** A row with the place where it was found. */
export interface PlacedRow extends StoredLedgerRow {
  readonly position: number;
  /** Of the table it is in. */
  readonly month: string;
}

/** One state of a ledger, read piece by piece. None of it is believed. */
export interface LedgerSource {
  /** The position of the first row from this time on; undefined: there is none. */
  positionFrom(from: number): Later<number | undefined>;
  /** Rows in the order of their positions. `unreadable` is told of months that cannot be read. */
  rows(position: number, unreadable: (month: string, reason: string) => void): LaterItems<PlacedRow>;
  /** In the order of their numbers. */
  checkpoints(): LaterItems<Checkpoint>;
  checkpoint(number: number): Later<Checkpoint | undefined>;
  /** The first one of a chain that is about a row after `seq`. */
  checkpointAfter(chain: string, seq: number): Later<Checkpoint | undefined>;
  /** The one about the newest row of a chain. */
  lastCheckpoint(chain: string): Later<Checkpoint | undefined>;
  /** The statement about removed rows that holds `seq`. */
  removedAt(chain: string, seq: number): Later<RemovedRows | undefined>;
  /** The first such statement that begins after `seq`. */
  removedAfter(chain: string, seq: number): Later<RemovedRows | undefined>;
  countRemoved(chain: string): Later<number>;
  /** Each chain that has a checkpoint or removed rows. */
  statedChains(): LaterItems<string>;
  /** Whether the row is there to which an outcome belongs. */
  hasRowOf(outcome: StoredLedgerRow): Later<boolean>;
}
