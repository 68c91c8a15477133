import { statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { Sweeper } from '../../../runtime/retention/sweeper.ts';
import type { RetentionStore } from '../../../runtime/store/retention-store.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { verify } from '../../support/ledger.ts';
import { doneJob, ledgerWrite, logWrite } from '../../support/rows.ts';
import { deployTask, openTestRuntime } from '../../support/runtime.ts';
import { openTestStore, type TestStore } from '../../support/store.ts';
import { until } from '../../support/wait-for.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A sweeper without projects, over a real store. */
function openSweeper(options: { readonly maxLogBytes?: number; readonly store?: RetentionStore } = {}) {
  const opened: TestStore = openTestStore();
  const clock = new FakeClock();
  const reports: string[] = [];
  const sweeper = new Sweeper({
    store: options.store ?? opened.store,
    catalog: { get: () => undefined },
    clock,
    maxLogBytes: options.maxLogBytes ?? 1e12,
    report: (message) => reports.push(message),
  });
  closers.push(opened.close, () => sweeper.stop());
  return { ...opened, clock, reports, sweeper };
}

describe('retention', () => {
  it('keeps lines, jobs and ledger rows of each project as long as its manifest says', async () => {
    const clock = new FakeClock();
    const works = await openTestRuntime({ clock });
    closers.push(works.close);
    const { store, runtime } = works;
    const code = 'export function handle_button() {}';
    const triggers = ['{type: button, name: GO}'];
    await deployTask(runtime, {
      slug: 'short',
      code,
      triggers,
      yaml: 'keep: {logs: 2h, jobs: 1h, ledger: 1h}',
    });
    await deployTask(runtime, { slug: 'long', code, triggers });
    const now = clock.now();
    for (const project of ['short', 'long', 'gone']) {
      for (const age of [HOUR / 2, 4 * HOUR, 29 * DAY, 31 * DAY]) {
        const at = now - age;
        const job = { ...doneJob({ project, created_at: at }), finished_at: at };
        await store.finishJob({
          job,
          logs: [logWrite({ project, at })],
          ledger: [ledgerWrite({ project, at })],
        });
      }
    }
    const left = async () =>
      Promise.all(
        ['short', 'long', 'gone'].map(async (project) => {
          const lines = (await store.listLogs({ project }, { limit: 9 })).items.length;
          const jobs = (await store.listJobs({ project }, { limit: 9 })).items.length;
          const rows = (await store.listLedger({ project }, { limit: 9 })).items.length;
          return `${project}: ${lines} lines, ${jobs} jobs, ${rows} rows`;
        }),
      );
    clock.advance(MINUTE);
    const expected = [
      'short: 1 lines, 1 jobs, 2 rows',
      'long: 3 lines, 3 jobs, 4 rows',
      'gone: 3 lines, 3 jobs, 4 rows',
    ];
    await until('everything is swept', async () => (await left()).join() === expected.join());
    expect(works.reports).toEqual([]);
  });

  it('keeps ledger rows of a project that is gone for a year, and says which it cannot remove', async () => {
    const { store, dir, clock, reports, sweeper } = openSweeper();
    const file = join(dir, 'sluice.db');
    const ages = [364, 366, 367, 368].map((days) => ledgerWrite({ at: clock.now() - days * DAY }));
    await store.appendLedger(ages);
    const changed = new Database(file);
    changed.exec("UPDATE ledger_2024_12 SET excerpt = 'x' WHERE seq = 3");
    changed.close();
    sweeper.start();
    clock.advance(MINUTE);
    await until('it is told', () => reports.length === 1);
    expect(reports[0]).toMatch(
      /^The ledger of project demo has 1 old rows that are not as they were written/,
    );
    await sweeper.stop();
    const { items } = await store.listLedger({}, { limit: 9 });
    expect(items.map(({ seq }) => seq)).toEqual([1, 3]);
    expect(verify(file)).toMatchObject({ removed: 2, problems: [{ fault: 'changed', seq: 3 }] });
  });

  it('sweeps again five minutes after each sweep', async () => {
    const { store, clock, sweeper } = openSweeper();
    sweeper.start();
    const isEmpty = async () => (await store.listLogs({}, { limit: 9 })).items.length === 0;
    for (let n = 0; n < 3; n += 1) {
      await store.appendLogs([logWrite({ at: clock.now() - 40 * DAY })]);
      await until('the old line is gone', async () => {
        clock.advance(MINUTE);
        return isEmpty();
      });
    }
  });

  it('deletes the oldest hours when all lines are too many, and says so once an hour', async () => {
    const { store, clock, reports, sweeper } = openSweeper({ maxLogBytes: 5000 });
    const base = clock.now() - (clock.now() % HOUR);
    const message = 'x'.repeat(700);
    const write = (hoursAgo: number, count: number) =>
      store.appendLogs(
        Array.from({ length: count }, () => logWrite({ message, at: base - hoursAgo * HOUR })),
      );
    await write(3, 2);
    await write(2, 3);
    await write(1, 4);
    sweeper.start();
    clock.advance(MINUTE);
    await until('the lines fit', async () => (await store.sizeOfLogs()).bytes <= 5000);
    expect(await store.sizeOfLogs()).toEqual({ bytes: 4000, oldest: base - HOUR });
    await until('it is told', () => reports.length === 1);
    expect(reports[0]).toMatch(
      /max_log_bytes \(5000 bytes\), so those before 2025-12-31T23:00:00.000Z were deleted/,
    );

    await write(1, 4);
    await until('the lines fit again', async () => {
      clock.advance(MINUTE);
      return (await store.sizeOfLogs()).bytes === 0;
    });
    await write(0, 9);
    await until('all that fits of the hour is left', async () => {
      clock.advance(MINUTE);
      return (await store.sizeOfLogs()).bytes <= 5000;
    });
    expect(reports).toHaveLength(1);
  });

  it('takes what is too much from the project that has most, however old the lines of others are', async () => {
    const { store, clock, sweeper } = openSweeper({ maxLogBytes: 6000 });
    const base = clock.now() - (clock.now() % HOUR);
    const message = 'x'.repeat(700);
    const write = (project: string, hoursAgo: number, count: number) =>
      store.appendLogs(
        Array.from({ length: count }, () => logWrite({ message, project, at: base - hoursAgo * HOUR })),
      );
    await write('quiet', 5, 2);
    for (const hoursAgo of [3, 2, 1]) await write('flood', hoursAgo, 3);
    sweeper.start();
    clock.advance(MINUTE);
    await until('the lines fit', async () => (await store.sizeOfLogs()).bytes <= 6000);
    expect(await store.largestLogs({}, { limit: 5 })).toEqual([
      { project: 'flood', bytes: 3000, oldest: base - HOUR },
      { project: 'quiet', bytes: 2000, oldest: base - 5 * HOUR },
    ]);
  });

  it('gives the bytes back to the disk', async () => {
    const { store, dir, clock, sweeper } = openSweeper();
    const file = join(dir, 'sluice.db');
    const reader = new Database(file);
    closers.push(async () => void reader.close());
    const size = () => {
      reader.pragma('wal_checkpoint(TRUNCATE)');
      return { pages: Number(reader.pragma('page_count', { simple: true })), bytes: statSync(file).size };
    };
    for (let n = 0; n < 20; n += 1) {
      const at = clock.now() - 31 * DAY;
      await store.appendLogs(Array.from({ length: 300 }, () => logWrite({ at, message: 'x'.repeat(1500) })));
    }
    const before = size();
    expect(before.bytes).toBeGreaterThan(10_000_000);
    sweeper.start();
    clock.advance(MINUTE);
    await until('the file is small', () => size().bytes < 2_000_000, 20_000);
    expect(size().pages).toBeLessThan(before.pages / 5);
    const months = "SELECT count(*) FROM sqlite_schema WHERE name GLOB 'log*_2025_*'";
    expect(reader.prepare(months).pluck().get()).toBe(0);
  });

  it('tells once of what it cannot do, and tries again', async () => {
    const broken = openTestStore();
    await broken.store.appendLogs([logWrite({ at: 0 })]);
    await broken.close();
    let tries = 0;
    const listKeptProjects: RetentionStore['listKeptProjects'] = (...from) => {
      tries += 1;
      return broken.store.listKeptProjects(...from);
    };
    const { clock, reports, sweeper } = openSweeper({ store: { ...broken.store, listKeptProjects } });
    sweeper.start();
    await until('it is tried again', () => {
      clock.advance(MINUTE);
      return tries > 2;
    });
    expect(reports).toEqual([expect.stringMatching(/^What is too old cannot be deleted: /)]);
  });

  it('stops in the midst of its work', async () => {
    const { store, clock, sweeper } = openSweeper();
    const at = clock.now() - 40 * DAY;
    await store.appendLogs(Array.from({ length: 5000 }, () => logWrite({ at })));
    sweeper.start();
    clock.advance(MINUTE);
    await until('it has begun', async () => (await store.sizeOfLogs()).bytes < 5000 * 305);
    await sweeper.stop();
    const { bytes } = await store.sizeOfLogs();
    expect(bytes).toBeGreaterThan(0);
    clock.advance(DAY);
    expect(await store.sizeOfLogs()).toMatchObject({ bytes });
  });
});
