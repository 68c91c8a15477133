import { deepFreeze } from '../../../deep-freeze.ts';
import { lostAnswer, nobodyWaits, overLimit } from '../../rules/read-refusals.ts';
import { readTurns } from '../../rules/read-turns.ts';
import { storeClosed } from '../../store-closed.ts';
import type { Ask } from './long-reads.ts';
import { errorFrom } from './reader-messages.ts';
import { createReaderProcess, type ReaderProcessOptions } from './reader-process.ts';

export interface ReadersOptions
  extends Pick<ReaderProcessOptions, 'spawn'>,
    Partial<Omit<ReaderProcessOptions, 'spawn'>> {
  /** For a query whose terms do not say. */
  readonly timeoutMs?: number;
  /** Told to the operator. */
  readonly report?: (message: string) => void;
}

export interface Readers {
  /**
   * Carries out a read in a child. Rejects with what the read threw, or an `AppError`: `query_limit` (422) past its time
   * or memory, `reader_busy` (503) when too much is waiting, `reader_lost` (500) when children keep ending, `given_up` (499)
   * when the signal was aborted, `store_closed` (503).
   */
  readonly ask: Ask;
  /** Resolves when no process is left. */
  stop(): Promise<void>;
}

/** One slow query leaves the other child to the other callers. */
const PROCESSES = 2;
const TRIES = 2;
const MB = 1024 ** 2;

/** Reads in up to two children, one query of a caller at a time and callers in turn. */
export function createReaders(options: ReadersOptions): Readers {
  const { spawn, memoryBytes = 768 * MB, idleMs = 60_000, timeoutMs = 10_000, report = () => {} } = options;
  const processes = Array.from({ length: PROCESSES }, () =>
    createReaderProcess({ spawn, memoryBytes, idleMs }),
  );
  const free = [...processes];
  const turns = readTurns(PROCESSES);
  let stopped = false;

  const run: Ask = async (verb, args, terms) => {
    const process = free.pop();
    if (process === undefined) throw new Error('A query was let in without a reader for it.');
    const query = { verb, args, timeoutMs: terms.timeoutMs ?? timeoutMs, signal: terms.signal };
    try {
      for (let tries = 1; ; tries += 1) {
        if (stopped) throw storeClosed();
        const end = await process.run(query);
        if (end.kind === 'value') return deepFreeze(end.value);
        if (end.kind === 'thrown') throw errorFrom(end.error);
        if (end.kind === 'left') throw nobodyWaits();
        if (end.kind === 'limit') throw overLimit(end.limit, query.timeoutMs, memoryBytes);
        if (stopped) throw storeClosed();
        report(`A process that reads the database was lost during ${verb}: ${end.reason}.`);
        if (tries === TRIES) throw lostAnswer(end.reason);
      }
    } finally {
      // The one used last is warm.
      free.push(process);
    }
  };

  return {
    async ask(verb, args, terms) {
      if (stopped) throw storeClosed();
      return turns.take(terms, () => run(verb, args, terms));
    },
    async stop() {
      stopped = true;
      await Promise.all(processes.map((process) => process.stop()));
      await turns.ended();
    },
  };
}
