import { spawnReader } from '../../runtime/store/sqlite/reader/spawn-reader.ts';
import type { Store } from '../../runtime/store/store.ts';
import { hostHardening } from '../../sandbox/hardening/host-hardening.ts';
import { doneJob, logWrite } from '../support/rows.ts';
import { openTestStore } from '../support/store.ts';

/** What a page of jobs or log lines costs on the server's thread, and through a reader. */
const ROWS = 20_000;
const BATCH = 1000;
const WARM = 30;
const TIMES = 200;

const hardening = await hostHardening();

async function fill(store: Store): Promise<void> {
  for (let made = 0; made < ROWS; made += BATCH) {
    const lines = Array.from({ length: BATCH }, (_, index) =>
      logWrite({ message: `Order ${made + index} of the shop was sent to its customer: ${'x'.repeat(100)}` }),
    );
    await store.appendLogs(lines);
    const jobs = Array.from({ length: BATCH }, () => doneJob());
    await Promise.all(jobs.map((job) => store.finishJob({ job, logs: [], ledger: [] })));
  }
}

/** Medians in milliseconds: until the answer is there, and of this process's processor time. */
async function measure(read: () => Promise<unknown>): Promise<string> {
  for (let count = 0; count < WARM; count += 1) await read();
  const times: number[] = [];
  const before = process.cpuUsage();
  for (let count = 0; count < TIMES; count += 1) {
    const begin = performance.now();
    await read();
    times.push(performance.now() - begin);
  }
  const { user, system } = process.cpuUsage(before);
  const median = times.sort((a, b) => a - b)[TIMES / 2] ?? 0;
  return `median ${median.toFixed(2)} ms, processor ${((user + system) / 1000 / TIMES).toFixed(2)} ms`;
}

for (const way of ['inline', 'child'] as const) {
  let file = '';
  const spawn = () => spawnReader(hardening, file);
  const { store, dir, close } = openTestStore(way === 'child' ? { reads: { spawn } } : {});
  file = `${dir}/sluice.db`;
  await fill(store);
  const begin = performance.now();
  await store.listAudit({}, { limit: 1 });
  console.log(`${way}: first read ${(performance.now() - begin).toFixed(0)} ms`);
  for (const limit of [50, 1000]) {
    console.log(
      `${way}: ${limit} log lines: ${await measure(() => store.listLogs({ project: 'demo' }, { limit }))}`,
    );
    console.log(
      `${way}: ${limit} jobs: ${await measure(() => store.listJobs({ project: 'demo' }, { limit }))}`,
    );
  }
  await close();
}
