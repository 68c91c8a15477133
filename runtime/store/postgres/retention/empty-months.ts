import { monthOf, startOfMonth } from '../../months.ts';
import type { Database } from '../database/database.ts';
import type { Session } from '../database/session.ts';
import { codeOf } from '../database/store-errors.ts';
import { partitionOf, readMonths, type SplitTable } from '../schema/months.ts';
import { sweepStep } from './sweep-step.ts';

/** In milliseconds. While a partition is waited for, whoever wants to use its table has to wait behind. */
const MOST_WAIT = 200;
/** It was waited for in vain, and another process has dropped it: "lock not available" and "undefined table" of PostgreSQL. */
const LEFT_ALONE = ['55P03', '42P01'];

/** Drops partitions from before the month of `now` that have no row. What is in use at the moment is left for the next time. */
export async function dropEmptyMonths(database: Database, now: number): Promise<void> {
  for (const table of ['finished_jobs', 'ledger', 'logs', 'log_hours'] as const) {
    for (const month of await readMonths(database, table)) {
      if (month < monthOf(now)) await dropIfEmpty(database, table, month);
    }
  }
}

/** Counts go with the lines that they count, if they do not say that there are none. */
async function isEmpty(session: Pick<Session, 'row'>, table: SplitTable, month: string): Promise<boolean> {
  const first =
    table === 'log_hours'
      ? await session.row('SELECT 1 FROM logs WHERE at >= $1 AND at < $2 LIMIT 1', [
          startOfMonth(month),
          startOfMonth(month, 1),
        ])
      : await session.row(`SELECT 1 FROM ${partitionOf(table, month)} LIMIT 1`);
  return first === undefined;
}

async function dropIfEmpty(database: Database, table: SplitTable, month: string): Promise<void> {
  try {
    if (!(await isEmpty(database, table, month))) return;
    await sweepStep(database, 'months', undefined, async (session) => {
      await session.rows(`SET LOCAL lock_timeout = ${MOST_WAIT}`);
      // The table before its partition, as those who write lock them.
      await session.rows(`LOCK TABLE ONLY ${table} IN ACCESS EXCLUSIVE MODE`);
      const isThere = (await readMonths(session, table)).includes(month);
      if (!isThere || !(await isEmpty(session, table, month))) return;
      await session.rows(`DROP TABLE ${partitionOf(table, month)}`);
      if (table === 'log_hours') await session.rows('DELETE FROM log_totals WHERE month = $1', [month]);
    });
  } catch (error) {
    if (!LEFT_ALONE.includes(codeOf(error))) throw error;
  }
}
