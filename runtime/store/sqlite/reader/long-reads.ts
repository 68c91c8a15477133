import type Database from 'better-sqlite3';
import type { ReadTerms } from '../../read-terms.ts';
import { auditReads } from '../audit-reads.ts';
import { ledgerReads } from '../ledger/ledger-reads.ts';
import { ledgerVerification } from '../ledger/ledger-verify.ts';
import { logReads } from '../logs/log-reads.ts';
import { jobLists } from '../queue/job-lists.ts';
import { recordSearches } from '../records/record-search.ts';

/**
 * Reads whose cost depends on what is stored. Each is a function of what is wanted and of bounds, both plain values, as is
 * what it returns. It may throw an `AppError`. They share no memory with what writes.
 */
export const longReads = (db: Database.Database) => ({
  ...jobLists(db),
  ...logReads(db),
  ...ledgerReads(db),
  ...ledgerVerification(db),
  ...auditReads(db),
  ...recordSearches(db),
});

/** Reads by name. */
export type Reads = Readonly<Record<string, (wanted: never, bounds: never) => unknown>>;

/** The same reads as the store offers them. */
export type StoreReads<Of extends Reads> = {
  readonly [Verb in keyof Of]: (
    wanted: Parameters<Of[Verb]>[0],
    bounds: Parameters<Of[Verb]>[1],
    terms?: ReadTerms,
  ) => Promise<ReturnType<Of[Verb]>>;
};

/** Carries out the read with this name, wherever. */
export type Ask = (verb: string, args: readonly unknown[], terms: ReadTerms) => Promise<unknown>;

/** Verbs of the store with the names of `reads`, carried out by `ask`. */
export function storeReads<Of extends Reads>(reads: Of, ask: Ask): StoreReads<Of> {
  const verbs = Object.keys(reads).map((verb) => [
    verb,
    (wanted: unknown, bounds: unknown, terms: ReadTerms = {}) => ask(verb, [wanted, bounds], terms),
  ]);
  return Object.freeze(Object.fromEntries(verbs));
}

/** Throws when there is no such read, and what the read throws. */
export function callRead(reads: Reads, verb: string, [wanted, bounds]: readonly unknown[]): unknown {
  const read = Object.hasOwn(reads, verb) ? reads[verb] : undefined;
  if (read === undefined) throw new Error(`There is no read called ${JSON.stringify(verb)}.`);
  return read(wanted as never, bounds as never);
}
