import { setPriority } from 'node:os';
import type Database from 'better-sqlite3';
import { messageOf } from '../../../../sandbox/message-of.ts';
import { killGroup } from '../../../../sandbox/process-group.ts';
import { AppError } from '../../../app-error.ts';
import { callRead, type Reads } from './long-reads.ts';
import { openForReading } from './open-for-reading.ts';
import { plainSize } from './plain-size.ts';
import { plainError, type ReadAnswer, type ReaderMessage, type ReadRequest } from './reader-messages.ts';

/** The server comes first: while it has no processor, nobody is answered. */
const NICENESS = 5;
const MB = 1024 ** 2;
const MOST_BYTES = 64 * MB;

/**
 * The reader's side of the pipe: answers one request at a time with the reads that `makeReads` gives, of the database that
 * the last argument names. It ends with the server, whose signals are not for it.
 */
export function serveReads(makeReads: (db: Database.Database) => Reads): void {
  setPriority(NICENESS);
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
  process.on('disconnect', () => killGroup(process.pid));
  try {
    const db = openForReading(process.argv.at(-1) ?? '');
    const reads = makeReads(db);
    // One state of the database for all statements of a read: a job that ends meanwhile would be in neither table, or in both.
    const call = db.transaction((verb: string, args: readonly unknown[]) => callRead(reads, verb, args));
    process.on('message', ([id, verb, args]: ReadRequest) => say(answer(id, () => call(verb, args))));
    say({ ready: true });
  } catch (error) {
    say({ failed: messageOf(error) });
  }
}

function answer(id: number, call: () => unknown): ReadAnswer {
  try {
    const value = call();
    if (plainSize(value, MOST_BYTES) > MOST_BYTES) throw tooLarge();
    return { id, value };
  } catch (error) {
    return { id, error: plainError(error) };
  }
}

const tooLarge = (): AppError =>
  new AppError(
    'query_limit',
    422,
    `What this query found is larger than ${MOST_BYTES / MB} MB, which is the limit. Ask for fewer rows at once.`,
    { details: { limit: 'bytes', bytes: MOST_BYTES } },
  );

function say(message: ReaderMessage): void {
  process.send?.(message);
}
