import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { isUnavailable } from '../../../../../runtime/store/postgres/database/store-errors.ts';
import { openPostgresStore } from '../../../../../runtime/store/postgres/open.ts';
import type { Store } from '../../../../../runtime/store/store.ts';
import { freePlaces } from '../../../../support/free-places.ts';
import { HEX_KEY } from '../../../../support/ledger.ts';
import { cutProxy } from '../../../../support/postgres/cut-proxy.ts';
import { testDatabase } from '../../../../support/postgres/database.ts';
import { jobRow, ledgerWrite, logWrite } from '../../../../support/rows.ts';
import { CHAIN_KEY } from '../../conformance/open-sqlite.ts';

const LIMIT = 3;
const LASTS_MS = 4_000;
/** On a busy machine little gets through between two breaks. */
const LONGEST_MS = 30_000;
/** Until then it was too quiet to show anything. */
const FEWEST_JOBS = 21;
const FEWEST_DOUBTS = 11;

it('Of connections that break all the time nothing is lost, done twice or over its limit, and the ledger verifies.', async () => {
  await using data = await testDatabase();
  await (await openPostgresStore({ url: data.url, chainKey: CHAIN_KEY })).close();
  const begin = performance.now();
  const accepted = new Set<string>();
  const ends = new Map<string, number>();
  const noted = new Set<string>();
  let doubts = 0;
  let most = 0;
  const goesOn = () => {
    const isQuiet = accepted.size < FEWEST_JOBS || doubts < FEWEST_DOUBTS;
    return performance.now() - begin < (isQuiet ? LONGEST_MS : LASTS_MS);
  };

  async function patiently<Value>(work: () => Promise<Value>): Promise<Value> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!isUnavailable(error)) throw error;
        doubts += 1;
        await setTimeout(5);
      }
    }
  }

  async function produce(store: Store): Promise<void> {
    while (goesOn()) {
      const at = store.now();
      const job = jobRow({ created_at: at, run_at: at, task: `T${accepted.size % 2}` });
      await store.enqueueJob(job).then(
        () => accepted.add(job.id),
        (error) => {
          if (!isUnavailable(error)) throw error;
        },
      );
      await setTimeout(Math.random() * 30);
    }
  }

  async function work(store: Store, held: Set<string>): Promise<void> {
    let idle = 0;
    while (goesOn() || idle < 40) {
      const now = store.now();
      const { jobs } = await patiently(() =>
        store.claimJobs({ now, leaseUntil: now + 60_000, places: freePlaces({ left: 4, ofTask: LIMIT }) }),
      );
      idle = jobs.length === 0 ? idle + 1 : 0;
      if (jobs.length === 0) await setTimeout(20);
      await Promise.all(
        jobs.map(async (job) => {
          held.add(job.id);
          await setTimeout(Math.random() * 20);
          const rows =
            Math.random() < 0.7 ? [ledgerWrite({ at: store.now() }), ledgerWrite({ at: store.now() })] : [];
          const logs = [logWrite({ at: store.now(), job: job.id })];
          const ended = { ...job, status: 'done', overall: 'done', finished_at: store.now() } as const;
          const counts = await patiently(() => store.finishJob({ job: ended, logs, ledger: rows }));
          held.delete(job.id);
          if (!counts) return;
          ends.set(job.id, (ends.get(job.id) ?? 0) + 1);
          for (const { id } of rows) noted.add(id);
        }),
      );
    }
  }

  async function note(store: Store): Promise<void> {
    while (goesOn()) {
      const row = ledgerWrite({ at: store.now() });
      await patiently(() => store.appendLedger([row]));
      noted.add(row.id);
      if (Math.random() < 0.05) await patiently(() => store.checkpointLedger());
    }
  }

  async function watch(): Promise<void> {
    while (goesOn()) {
      const [row] = await data.ask<{ most: number }>(
        "SELECT coalesce(max(n), 0)::int AS most FROM (SELECT count(*) AS n FROM jobs WHERE status = 'running' GROUP BY task) AS each",
      );
      most = Math.max(most, row?.most ?? 0);
      await setTimeout(15);
    }
  }

  async function node(): Promise<void> {
    const port = Number(new URL(data.url).port);
    await using proxy = await cutProxy(port);
    const place = new URL(data.url);
    place.port = String(proxy.port);
    const store = await openPostgresStore({ url: place.href, chainKey: CHAIN_KEY });
    const breaking = (async () => {
      while (goesOn()) {
        await setTimeout(30 + Math.random() * 120);
        proxy.redirect(port);
      }
    })();
    const held = new Set<string>();
    const strays = (async () => {
      for (let after = 0; after < 3; after += goesOn() ? 0 : 1) {
        await setTimeout(250);
        const now = store.now();
        // What was claimed later may still be on its way.
        await store.takeBackStrays({ held: [...held], startedBefore: now - 500, now }).catch(() => {});
      }
    })();
    await Promise.all([
      breaking,
      strays,
      produce(store),
      produce(store),
      work(store, held),
      work(store, held),
      note(store),
    ]);
    await store.close();
  }

  await Promise.all([node(), node(), node(), watch()]);

  const finished = await data.ask<{ id: string }>('SELECT id FROM finished_jobs');
  const left = await data.ask<{ id: string; status: string }>('SELECT id, status FROM jobs');
  const ledger = await data.ask<{ id: string }>('SELECT id FROM ledger');
  const ids = ledger.map(({ id }) => id);
  expect(doubts).toBeGreaterThanOrEqual(FEWEST_DOUBTS);
  expect(ends.size).toBeGreaterThanOrEqual(FEWEST_JOBS);
  expect(left).toEqual([]);
  expect([...accepted].filter((id) => !finished.some((job) => job.id === id))).toEqual([]);
  expect([...ends].filter(([, times]) => times !== 1)).toEqual([]);
  expect(finished.filter(({ id }) => !ends.has(id))).toEqual([]);
  expect(most).toBeLessThanOrEqual(LIMIT);
  expect(ids.length).toBe(new Set(ids).size);
  expect([...noted].filter((id) => !ids.includes(id))).toEqual([]);
  expect(ids.filter((id) => !noted.has(id))).toEqual([]);
  const store = await openPostgresStore({ url: data.url, chainKey: CHAIN_KEY });
  const report = await store.verifyLedger({}, [HEX_KEY]);
  await store.close();
  expect(report).toMatchObject({ ok: true });
}, 90_000);
