import type { LogRow, LogStore } from '../../log-store.ts';
import type { Commits } from '../database/group-commit.ts';

/** Tells listeners about log lines once they are on disk. */
export interface LogWatch extends Pick<LogStore, 'watchLogs'> {
  /** A line was written within the transaction that is open. */
  wrote(line: LogRow): void;
}

/** A watch over the lines that `commits` puts on disk. */
export function logWatch(commits: Commits): LogWatch {
  const listeners = new Set<(lines: readonly LogRow[]) => void>();
  let lines: LogRow[] = [];

  commits.follow({
    begin() {
      lines = [];
    },
    committed() {
      if (lines.length === 0) return;
      const told = Object.freeze(lines);
      for (const listener of listeners) tell(listener, told);
    },
    undone() {},
  });

  return {
    wrote(line) {
      if (listeners.size > 0) lines.push(Object.freeze(line));
    },
    watchLogs(listener) {
      // A function of its own for each call, so that a listener given twice is told twice and ended once.
      const own = (told: readonly LogRow[]): void => listener(told);
      listeners.add(own);
      return () => void listeners.delete(own);
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
