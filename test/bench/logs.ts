import Database from 'better-sqlite3';
import { uuidv7 } from '../../runtime/ids.ts';
import { Pace } from '../../runtime/retention/pace.ts';
import { sweepProject } from '../../runtime/retention/sweep-project.ts';
import type { LogFilter, LogGrouping, LogWrite } from '../../runtime/store/log-store.ts';
import type { Store } from '../../runtime/store/store.ts';
import { LOG_LEVELS } from '../../runtime/words.ts';
import { createRandom } from '../support/fuzz/random.ts';
import { openTestStore } from '../support/store.ts';

/**
 * What reading many log lines costs: lines of 30 days, 20 projects with 5 tasks each, written through the store itself; then
 * each query six times, the median of the last five. Also how long it takes to delete the oldest day of a project.
 *
 *     node server/launch.cjs --file test/bench/logs.ts [lines]
 */
const [lines = 10_000_000] = process.argv.slice(2).map(Number);
const DAYS = 30;
const DAY = 86_400_000;
const START = Date.UTC(2026, 10, 1);
const AT_ONCE = 5000;
const PER_JOB = 5;
const random = createRandom(1);

/** `n` tells the time: lines come in order. */
function lineAt(n: number, job: string): LogWrite {
  const project = `project-${random.whole(20)}`;
  const task = `Task ${random.whole(5)}`;
  const level = LOG_LEVELS[random.pick([0, 1, 1, 1, 1, 1, 1, 2, 2, 3, 4])] ?? 'info';
  return {
    at: START + Math.floor((n / lines) * DAYS * DAY),
    level,
    message: `Order ${random.whole(1_000_000)} of customer ${random.whole(10_000)} has arrived and was passed on`,
    project,
    project_id: '0190a1b2-0000-7000-8000-000000000001',
    task,
    trigger: `${task} hook`,
    job,
    name: 'task',
  };
}

async function fill(store: Store): Promise<void> {
  let job = '';
  for (let first = 0; first < lines; first += AT_ONCE) {
    const batch: LogWrite[] = [];
    for (let n = first; n < Math.min(first + AT_ONCE, lines); n += 1) {
      if (n % PER_JOB === 0) job = uuidv7(START + Math.floor((n / lines) * DAYS * DAY));
      batch.push(lineAt(n, job));
    }
    await store.appendLogs(batch);
  }
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await run();
  return performance.now() - began;
}

async function measure(what: string, run: () => Promise<unknown>): Promise<void> {
  await run();
  const times: number[] = [];
  for (let n = 0; n < 5; n += 1) times.push(await timed(run));
  const median = times.sort((one, other) => one - other)[2] ?? 0;
  console.log(`${what.padEnd(52)} ${median.toFixed(1).padStart(9)} ms`);
}

const { store, dir, close } = openTestStore({ durability: 'relaxed' });
const filled = await timed(() => fill(store));
const reader = new Database(`${dir}/sluice.db`, { readonly: true });
const pages = Number(reader.pragma('page_count', { simple: true }));
const counted = reader.prepare('SELECT sum(bytes) FROM log_totals').pluck().get();
const kinds = reader.prepare('SELECT count(*) FROM log_hours_2026_11').pluck().get();
console.log(
  `${lines} lines in ${(filled / 1000).toFixed(0)} s (${(lines / filled).toFixed(1)} per ms), ` +
    `${((pages * 4096) / 2 ** 20).toFixed(0)} MB on disk, ${(Number(counted) / 2 ** 20).toFixed(0)} MB counted, ${kinds} rows of roll-ups`,
);

const group = (filter: LogFilter, by: LogGrouping) => () => store.groupLogs(filter, by);
const day: LogFilter = { project: 'project-7', from: START + 14 * DAY, to: START + 15 * DAY };
const ragged: LogFilter = { from: START + 14 * DAY + 1_234_567, to: START + 15 * DAY + 7_654_321 };
await measure('a project, day and level by task', group({ ...day, level: 'error' }, 'task'));
await measure('everything by project', group({}, 'project'));
await measure('everything by level', group({}, 'level'));
await measure('everything by day', group({}, 'day'));
await measure('everything by hour', group({}, 'hour'));
await measure('everything by task', group({}, 'task'));
await measure('a day that begins and ends within hours by project', group(ragged, 'project'));
await measure('the newest 50 lines', () => store.listLogs({}, { limit: 50 }));
await measure('text that no line of a project and day has', () =>
  store.listLogs({ ...day, q: 'NOWHERE' }, { limit: 50 }),
);
await measure('the same, beyond ASCII', () => store.listLogs({ ...day, q: 'ÜBERALL' }, { limit: 50 }));
await measure('a project and day by job', group(day, 'job'));

/** As the server does it: a project at a time, with rests. */
async function deleteFirstDay(): Promise<void> {
  const keep = { logs: 0, jobs: 0, ledger: 365 * DAY };
  const pace = new Pace();
  for (const slug of await store.listKeptProjects(null, 200)) {
    await sweepProject(store, pace, slug, keep, START + DAY);
  }
  let given = 1;
  while (given > 0) given = await pace.step(() => store.giveSpaceBack(2 ** 20, 2 ** 20));
}

let longest = 0;
let asked = performance.now();
const watch = setInterval(() => {
  longest = Math.max(longest, performance.now() - asked - 5);
  asked = performance.now();
}, 5);
asked = performance.now();
const took = await timed(deleteFirstDay);
clearInterval(watch);
console.log(
  `the lines of one day were deleted in ${(took / 1000).toFixed(1)} s; nobody waited longer than ${longest.toFixed(0)} ms`,
);

reader.close();
await close();
