import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { uuidv7 } from '../../runtime/ids.ts';
import type { FreePlaces, JobRow } from '../../runtime/store/job-store.ts';
import { openPostgresStore } from '../../runtime/store/postgres/open.ts';
import { openSqliteStore } from '../../runtime/store/sqlite/open.ts';
import type { Store } from '../../runtime/store/store.ts';
import { testDatabase } from '../support/postgres/database.ts';
import { startPostgres } from '../support/postgres/server.ts';
import { jobRow, logWrite } from '../support/rows.ts';
import { countQueries, countsOfQueries } from './nodes/query-count.ts';

/**
 * What the stores alone make of a queue: jobs are queued, claimed and ended with a log line each, as a worker with 128 places does it; each
 * commit is on disk.
 *
 *     node server/launch.cjs --file test/bench/store-queue.ts [jobs] [rounds] [processes]
 */
const [jobs = 20_000, rounds = 3, processes = 1] = process.argv.slice(2).map(Number);
const MOST = 128;
const OF_PROJECT = 64;
const AT_ONCE = 1000;
const PROJECT = '0190a1b2-0000-7000-8000-000000000001';

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

async function fill(store: Store): Promise<void> {
  for (let first = 0; first < jobs; first += AT_ONCE) {
    const now = store.now();
    const rows = Array.from({ length: Math.min(AT_ONCE, jobs - first) }, () =>
      jobRow({ id: uuidv7(now), project_id: PROJECT, created_at: now, run_at: now }),
    );
    await Promise.all(rows.map((row) => store.enqueueJob(row)));
  }
}

/** Claims whenever there is a place, and ends each job at once. */
async function work(store: Store, isOver: () => boolean, ended: () => void): Promise<void> {
  let held = 0;
  let woken = Promise.withResolvers<void>();
  const places = (): FreePlaces => {
    let own = held;
    return {
      get left() {
        return MOST - own;
      },
      heldBy: () => own,
      mayStart: () => own < OF_PROJECT,
      take: () => {
        own += 1;
      },
      mostOf: () => 100,
    };
  };
  async function end(job: JobRow): Promise<void> {
    const now = store.now();
    const done = { ...job, status: 'done', overall: 'done', finished_at: now, cpu_ms: 0.1 } as const;
    const logs = [logWrite({ at: now, job: job.id })];
    if (!(await store.finishJob({ job: done, logs, ledger: [] }))) throw new Error('It does not count.');
    held -= 1;
    ended();
    woken.resolve();
  }
  while (!isOver()) {
    woken = Promise.withResolvers();
    const now = store.now();
    const { jobs: claimed } = await store.claimJobs({ now, leaseUntil: now + 60_000, places });
    held += claimed.length;
    for (const job of claimed) void end(job);
    if (claimed.length === 0) await Promise.race([woken.promise, new Promise((go) => setTimeout(go, 20))]);
  }
}

async function drain(stores: readonly Store[]): Promise<number> {
  let left = jobs;
  const began = performance.now();
  await Promise.all(
    stores.map((store) =>
      work(
        store,
        () => left === 0,
        () => {
          left -= 1;
        },
      ),
    ),
  );
  return (jobs / (performance.now() - began)) * 1000;
}

async function measure(name: string, stores: readonly Store[]): Promise<void> {
  const [store] = stores;
  if (store === undefined) return;
  const queued: number[] = [];
  const drained: number[] = [];
  const statements: number[] = [];
  const cpu: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const before = countsOfQueries();
    const began = performance.now();
    await fill(store);
    queued.push((jobs / (performance.now() - began)) * 1000);
    const used = process.cpuUsage();
    drained.push(await drain(stores));
    const { user, system } = process.cpuUsage(used);
    cpu.push((user + system) / jobs);
    statements.push((countsOfQueries().statements - before.statements) / jobs);
  }
  console.log(
    `${name.padEnd(10)} queued ${median(queued).toFixed(0)}/s, drained ${median(drained).toFixed(0)}/s (${drained.map((rate) => rate.toFixed(0)).join(', ')}), ` +
      `${median(cpu).toFixed(0)} us of this process and ${median(statements).toFixed(3)} statements a job`,
  );
}

countQueries();
const chainKey = new Uint8Array(32).fill(7);
const dir = mkdtempSync(path.join(tmpdir(), 'sluice-bench-'));
const sqlite = openSqliteStore({ file: path.join(dir, 'sluice.db'), chainKey });
await measure('SQLite', [sqlite]);
await sqlite.close();
rmSync(dir, { recursive: true });

const server = await startPostgres({ careful: true, settings: ['max_wal_size=4GB'] });
const database = await testDatabase(server.url);
const stores = await Promise.all(
  Array.from({ length: processes }, () => openPostgresStore({ url: database.url, chainKey })),
);
await measure('PostgreSQL', stores);
for (const store of stores) await store.close();
await database[Symbol.asyncDispose]();
await server.stop();
