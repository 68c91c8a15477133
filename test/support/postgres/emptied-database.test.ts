import pg from 'pg';
import { expect, it } from 'vitest';
import { emptiedDatabase } from './emptied-database.ts';

it('brings a database back to what it was with nothing in it', async () => {
  await using database = await emptiedDatabase();
  const ask = async (sql: string) => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query(sql).finally(() => client.end());
    return rows;
  };
  const audit = `INSERT INTO audit (id, at, kind, message) VALUES ('a', 1, 'deploy', 'm') RETURNING position`;
  expect(await ask(audit)).toEqual([{ position: '1' }]);
  await ask('UPDATE record_totals SET bytes = 5');
  await ask('CREATE TABLE records_1 (id BIGINT PRIMARY KEY)');
  await ask('CREATE TABLE logs_2026_11 PARTITION OF logs FOR VALUES FROM (0) TO (9)');
  await database.empty();
  expect(await ask('SELECT bytes FROM record_totals')).toEqual([{ bytes: '0' }]);
  expect(
    await ask(`SELECT to_regclass('records_1') AS records, to_regclass('logs_2026_11') AS logs`),
  ).toEqual([{ records: null, logs: null }]);
  expect(await ask('SELECT count(*) FROM schema_version')).not.toEqual([{ count: '0' }]);
  expect(await ask(audit)).toEqual([{ position: '1' }]);
});

it('says so when somebody stays connected, and ends it', async () => {
  await using database = await emptiedDatabase();
  const client = new pg.Client({ connectionString: database.url });
  const broken = new Promise((resolve) => client.on('error', resolve));
  await client.connect();
  await client.query('SELECT 1 AS left_open');
  await expect(database.empty()).rejects.toThrow('SELECT 1 AS left_open');
  await broken;
  await expect(database.empty()).resolves.toBeUndefined();
});
