import type { LogStore, LogWrite } from '../../log-store.ts';
import { batches } from '../database/batches.ts';
import type { Database } from '../database/database.ts';
import type { InFlight } from '../database/in-flight.ts';
import type { KnownMonths } from '../schema/known-months.ts';
import { type LogRows, storedLine } from './log-rows.ts';

export interface LogsOptions {
  readonly database: Database;
  readonly months: KnownMonths;
  readonly logs: LogRows;
  readonly calls: InFlight;
}

/** Calls of one batch. */
const MOST = 256;

/** Writes log lines by themselves: one batch after the other, so that they are numbered in the order in which they came. */
export function postgresLogs({ database, months, logs, calls }: LogsOptions): Pick<LogStore, 'appendLogs'> {
  const appends = batches<readonly LogWrite[], void>({
    most: MOST,
    parallel: 1,
    async write(all) {
      const lines = all.flat();
      const times = lines.map(({ at }) => Math.trunc(at));
      await months.ready('logs', times);
      await months.ready('log_hours', times);
      await database.alone((session) => logs.append(session, lines));
      return [];
    },
  });
  async function append(lines: readonly LogWrite[]): Promise<void> {
    // Refuses what no store takes before it is put together with others.
    for (const line of lines) storedLine(line);
    if (lines.length > 0) await appends.add(lines);
  }
  return { appendLogs: (lines) => calls.add(append(lines)) };
}
