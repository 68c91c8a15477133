import pg from 'pg';
import { expect, it } from 'vitest';
import { openPostgresStore } from '../../../../../runtime/store/postgres/open.ts';
import { testDatabase } from '../../../../support/postgres/database.ts';
import { ledgerWrite, MID_MONTH } from '../../../../support/rows.ts';
import { until } from '../../../../support/wait-for.ts';
import { CHAIN_KEY } from '../../conformance/open-sqlite.ts';

const NEXT_MONTH = Date.UTC(2026, 11, 1);

it('a month that another process drops at the same moment is left to it', async () => {
  await using data = await testDatabase();
  const store = await openPostgresStore({ url: data.url, chainKey: CHAIN_KEY });
  const other = new pg.Client({ connectionString: data.url });
  await other.connect();
  try {
    await store.appendLedger([ledgerWrite({ at: MID_MONTH })]);
    await other.query('BEGIN; DROP TABLE ledger_2026_11');
    const dropping = store.dropEmptyMonths(NEXT_MONTH);
    await until('it waits for the other', async () => {
      const waiting = await data.ask(`SELECT 1 FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`);
      return waiting.length > 0;
    });
    await other.query('COMMIT');
    await dropping;
    expect(await data.ask(`SELECT to_regclass('ledger_2026_11') AS month`)).toEqual([{ month: null }]);
  } finally {
    await other.end();
    await store.close();
  }
});
