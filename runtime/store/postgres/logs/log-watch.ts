import type { LogRow, LogStore } from '../../log-store.ts';

/** Tells listeners about log lines once they are committed. */
export interface LogWatch extends Pick<LogStore, 'watchLogs'> {
  /** Lines of this process were committed. */
  wrote(lines: readonly LogRow[]): void;
  close(): void;
}

/** What there is of other processes. */
export interface LogPoll {
  /** The number given to the newest line, also when that is not committed. */
  newest(): Promise<number>;
  /** Lines with numbers above one, and those with these numbers, as far as they are committed; in order, not all when they are many. */
  read(after: number, missing: readonly number[]): Promise<readonly LogRow[]>;
}

/** Lines of other processes are looked for so often, in milliseconds. */
const LOOK_EVERY_MS = 300;
/** A number that is not there is waited for so long: its transaction is under way, or was undone. In milliseconds. */
const WAIT_FOR_MS = 30_000;
const MOST_MISSING = 10_000;

/**
 * Lines of this process are told at their commit; those of others are looked for while somebody listens. Numbers are given out in order and
 * committed in any: those that were passed by are asked for again. Each line is told once.
 */
export function logWatch(poll: LogPoll): LogWatch {
  const listeners = new Set<(lines: readonly LogRow[]) => void>();
  /** Numbers below `seen` that were not there, and until when they are waited for. */
  const missing = new Map<number, number>();
  let seen = Number.POSITIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  function isNew(id: number): boolean {
    if (seen === Number.POSITIVE_INFINITY) return true;
    if (id <= seen) return missing.delete(id);
    const until = performance.now() + WAIT_FOR_MS;
    for (let passed = Math.max(seen + 1, id - MOST_MISSING); passed < id; passed += 1)
      missing.set(passed, until);
    seen = id;
    return true;
  }

  function told(lines: readonly LogRow[]): void {
    const fresh = Object.freeze(lines.filter(({ id }) => isNew(id)));
    if (fresh.length > 0) for (const listener of listeners) tell(listener, fresh);
  }

  function forgetLate(): void {
    const now = performance.now();
    for (const [id, until] of missing) {
      if (until > now && missing.size <= MOST_MISSING) return;
      missing.delete(id);
    }
  }

  async function look(): Promise<void> {
    try {
      if (seen === Number.POSITIVE_INFINITY) seen = await poll.newest();
      else told(await poll.read(seen, [...missing.keys()]));
    } catch {
      // What cannot be read now is read when the database is back.
    }
    forgetLate();
    if (!closed && listeners.size > 0) timer = setTimeout(look, LOOK_EVERY_MS).unref();
    else stop();
  }

  function stop(): void {
    clearTimeout(timer);
    timer = undefined;
    missing.clear();
    seen = Number.POSITIVE_INFINITY;
  }

  return {
    wrote(lines) {
      if (listeners.size > 0) told(lines);
    },
    watchLogs(listener) {
      // A function of its own for each call, so that a listener given twice is told twice and ended once.
      const own = (lines: readonly LogRow[]): void => listener(lines);
      listeners.add(own);
      timer ??= setTimeout(look, 0).unref();
      return () => void listeners.delete(own);
    },
    close() {
      closed = true;
      listeners.clear();
      stop();
    },
  };
}

/** The lines are committed: a listener that fails must not make their writers believe otherwise. */
function tell(listener: (lines: readonly LogRow[]) => void, lines: readonly LogRow[]): void {
  try {
    listener(lines);
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error));
  }
}
