import pg from 'pg';
import { expect, it } from 'vitest';
import { connectionOf } from '../../../../../runtime/store/postgres/database/connection-of.ts';
import { openDatabase } from '../../../../../runtime/store/postgres/database/database.ts';
import { openReads } from '../../../../../runtime/store/postgres/database/reads.ts';
import { testDatabase } from '../../../../support/postgres/database.ts';

it('A URL changes nothing that Sluice sets itself, and sets the rest.', async () => {
  await using created = await testDatabase();
  const place = new URL(created.url);
  place.search =
    'application_name=mine&statement_timeout=1&query_timeout=1&options=-c%20work_mem%3D5MB%20-c%20synchronous_commit%3Doff';
  const sql = `SELECT pg_sleep(0.01)::text AS slept, current_setting('application_name') AS name,
    current_setting('work_mem') AS memory, current_setting('synchronous_commit') AS commit,
    current_setting('enable_seqscan') AS scans, current_setting('transaction_read_only') AS reads_only`;
  const database = openDatabase({ url: place.href, isNode: true });
  const reads = openReads({ url: place.href, database });
  try {
    const set = { slept: '', memory: '5MB' };
    expect(await database.row(sql)).toEqual({
      ...set,
      name: 'sluice',
      commit: 'on',
      scans: 'off',
      reads_only: 'off',
    });
    expect(await reads.rows(sql, [], undefined)).toEqual([
      { ...set, name: 'sluice reads', commit: 'off', scans: 'on', reads_only: 'on' },
    ]);
  } finally {
    await reads.close();
    await database.close();
  }
  const client = new pg.Client(connectionOf(created.url));
  await client.connect();
  expect((await client.query('SHOW application_name')).rows).toEqual([{ application_name: 'sluice' }]);
  await client.end();
});
