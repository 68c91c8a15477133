import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openPostgresStore } from '../../../../../runtime/store/postgres/open.ts';
import type { Store } from '../../../../../runtime/store/store.ts';
import { askedDatabase, testDatabase } from '../../../../support/postgres/database.ts';
import { startPostgres } from '../../../../support/postgres/server.ts';
import { until } from '../../../../support/wait-for.ts';
import { CHAIN_KEY } from '../../conformance/open-sqlite.ts';

const open = (url: string, reports: string[] = []): Promise<Store> =>
  openPostgresStore({ url, chainKey: CHAIN_KEY, report: (message) => reports.push(message) });

afterEach(() => {
  vi.restoreAllMocks();
});

it('A machine whose clock is wrong by minutes, or is set meanwhile, has the time of the database.', async () => {
  await using database = await testDatabase();
  const wrong = vi
    .spyOn(Date, 'now')
    .mockImplementation(() => Math.round(performance.timeOrigin + performance.now()) + 420_000);
  const store = await open(database.url);
  const difference = async (): Promise<number> => {
    const [row] = await database.ask<{ now: number }>(
      'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now',
    );
    return Math.abs(store.now() - (row?.now ?? Number.NaN));
  };
  expect(await difference()).toBeLessThan(1000);
  wrong.mockImplementation(() => 0);
  expect(await difference()).toBeLessThan(1000);
  await store.close();
});

describe('a database', () => {
  it('that has no connection left is away until it has, and says so once', async () => {
    const server = await startPostgres({
      settings: ['max_connections=14', 'superuser_reserved_connections=0'],
    });
    const reports: string[] = [];
    const store = await open(server.url, reports);
    const others: pg.Client[] = [];
    for (;;) {
      const client = new pg.Client({ connectionString: server.url });
      client.on('error', () => {});
      if (
        !(await client.connect().then(
          () => true,
          () => false,
        ))
      )
        break;
      others.push(client);
    }
    const asked = await Promise.allSettled(Array.from({ length: 40 }, () => store.loadProjects()));
    const refused = asked.filter((each) => each.status === 'rejected').map(({ reason }) => reason.code);
    expect(new Set(refused)).toEqual(new Set(['store_unavailable']));
    for (const client of others) await client.end();
    await until('it is usable', async () => {
      await setTimeout(50);
      return (
        store.state().usable &&
        (await store.loadProjects().then(
          () => true,
          () => false,
        ))
      );
    });
    await Promise.all(Array.from({ length: 40 }, () => store.loadProjects()));
    await store.close();
    await server.stop();
  });

  it('that is gone is said to be lost once, and to be back once; time goes on meanwhile', async () => {
    const server = await startPostgres();
    const reports: string[] = [];
    const store = await open(server.url, reports);
    await server.end('SIGQUIT');
    await expect(store.loadProjects()).rejects.toMatchObject({ code: 'store_unavailable', status: 503 });
    await until('it is known to be lost', () => !store.state().usable);
    const before = store.now();
    await setTimeout(2500);
    expect(store.now() - before).toBeGreaterThanOrEqual(2400);
    await server.begin();
    await until('it is back', () => store.state().usable);
    expect(reports.filter((message) => message.startsWith('The database is lost'))).toHaveLength(1);
    expect(reports.filter((message) => message.startsWith('The database is back'))).toHaveLength(1);
    expect(await askedDatabase(server.url).ask('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(await store.loadProjects()).toEqual([]);
    await store.close();
    await server.stop();
  });
});
