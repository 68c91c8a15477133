import { writeSync } from 'node:fs';
import { createCatalog } from '../../runtime/catalog.ts';
import type { Clock } from '../../runtime/clock.ts';
import { Ticker } from '../../runtime/cron/ticker.ts';
import { openSqliteStore } from '../../runtime/store/sqlite/open.ts';
import { claimOne } from './free-places.ts';
import { deployWrite, MID_MONTH } from './rows.ts';

/**
 * A process that takes the ticks of two cron triggers in the store in the file given as argument, and finishes their
 * jobs, until it is killed. Its clock stands still while it works and jumps to the next tick when it sleeps, so that no
 * tick is late. Prints a line for each job it queued.
 */
const store = openSqliteStore({
  file: process.argv[2] ?? '',
  chainKey: new Uint8Array(32).fill(7),
});
let now = (await store.nextTickAt()) ?? MID_MONTH;
const clock: Clock = {
  now: () => now,
  after(ms, action) {
    const timer = setImmediate(() => {
      now += Math.max(ms, 0);
      action();
    });
    return () => clearImmediate(timer);
  },
};
const catalog = createCatalog({
  store,
  secretBox: { open: () => '' },
  hookUrl: '',
  gone() {},
  report: (message) => process.stderr.write(message),
});

async function deployOnce(): Promise<void> {
  const names = ['T1', 'T2'];
  const { manifest } = deployWrite();
  const spec = { type: 'cron', active: true, cron: null, timezone: null, next: null, user: null } as const;
  const triggers = names.map((name) => ({ ...spec, name, every: 1000, missed: 'run_once' as const }));
  const limits = manifest.limits;
  const task = { name: 'Task', code: 'tasks/t.ts', active: true, realm: 'hardened', limits } as const;
  await store.deploy(
    deployWrite({
      manifest: { ...manifest, tasks: [{ ...task, retry: null, triggers }] },
      triggers: names.map((name) => ({ name, type: 'cron', hook: null })),
    }),
  );
}

/** As a worker would, but for the code that runs. */
async function finishNext(): Promise<void> {
  const job = await claimOne(store, now);
  if (job === undefined) return;
  const done = { ...job, status: 'done', overall: 'done', finished_at: now } as const;
  await store.finishJob({ job: done, logs: [], ledger: [] });
}

await deployOnce();
await catalog.load();
await store.takeBackJobs(now);
for (let n = 0; n < 2; n += 1) await finishNext();
const ticker = new Ticker({
  store,
  catalog,
  clock,
  lookAgain: async () => {},
  report: (message) => process.stderr.write(message),
  wake() {
    writeSync(1, '.\n');
    void finishNext();
  },
});
await ticker.start();
