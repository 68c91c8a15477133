import { newJob } from '../../runtime/new-job.ts';
import { Places } from '../../runtime/places.ts';
import type { JobRow } from '../../runtime/store/job-store.ts';
import type { Store } from '../../runtime/store/store.ts';
import { actor } from '../support/deploys.ts';
import { jobRow, uuidAt } from '../support/rows.ts';
import { deployTask, openTestRuntime, type TestRuntime } from '../support/runtime.ts';
import { openTestStore } from '../support/store.ts';

/**
 * The queue: how many queued jobs a second the real works end that do nothing, each a fresh program with its rows on disk;
 * how long a single one waits for its start; and what a claim costs beside a million queued jobs.
 *
 *     node server/launch.cjs --file test/bench/queue.ts [jobs] [rounds] [queued] [projects]
 */
const [jobs = 20_000, rounds = 3, queued = 1_000_000, projects = 1] = process.argv.slice(2).map(Number);
const AT_ONCE = 1000;
const TASKS = 1000;
const PROJECTS = 100;
const SINGLE_JOBS = 200;
const CLAIMS = 50;

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
const at = (values: readonly number[], part: number): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length * part)] ?? 0;
const median = (values: readonly number[]): number => at(values, 0.5);

async function enqueueAll(store: Store, count: number, make: (n: number) => JobRow): Promise<void> {
  for (let first = 0; first < count; first += AT_ONCE) {
    const rows = Array.from({ length: Math.min(AT_ONCE, count - first) }, (_, n) => make(first + n));
    await Promise.all(rows.map((row) => store.enqueueJob(row)));
  }
}

const deploy = (works: TestRuntime, slug: string) =>
  deployTask(works.runtime, {
    slug,
    code: 'export function handle_button() {}',
    task: '    limits: {concurrency: 100}',
    triggers: ['{type: button, name: GO}'],
  });

const click = (works: TestRuntime, slug: string, waitMs: number) =>
  works.runtime.runTrigger({ slug, name: 'GO', data: null, waitMs, actor: actor('manager') });

/** Jobs a second, from the first start to the last end. */
async function drain(works: TestRuntime, slugs: readonly string[]): Promise<number> {
  const user = { id: null, name: 'bench', login: null, role: null } as const;
  const since = Date.now();
  await enqueueAll(works.store, jobs, (n) => {
    const live = works.runtime.project(slugs[n % slugs.length] ?? '');
    const trigger = live?.triggersByName.get('GO');
    if (live === undefined || trigger === undefined) throw new Error('The project is not there.');
    return newJob(live, trigger, { now: Date.now(), user, input: null, maxAttempts: 5 });
  });
  const before = process.cpuUsage();
  await click(works, slugs[0] ?? '', 0);
  while ((await works.store.nextJobAt()) !== null) await pause(20);
  while ((await works.store.listJobs({ status: 'running' }, { limit: 1 })).items.length > 0) await pause(5);
  const { user: own, system } = process.cpuUsage(before);
  console.log(`  processor time of the server: ${((own + system) / jobs).toFixed(0)} microseconds a job`);
  let [first, last, done] = [Number.POSITIVE_INFINITY, 0, 0];
  let after: string | undefined;
  do {
    const page = await works.store.listJobs({ from: since }, { limit: 1000, after });
    for (const { status, started_at, finished_at } of page.items) {
      if (status !== 'done') throw new Error(`A job is ${status}.`);
      done += 1;
      first = Math.min(first, started_at ?? first);
      last = Math.max(last, finished_at ?? last);
    }
    after = page.next ?? undefined;
  } while (after !== undefined);
  if (done !== jobs + 1) throw new Error(`${done} of ${jobs + 1} jobs are done.`);
  return (done / (last - first)) * 1000;
}

/** From the call that queues a job until it is handed to a runner, and until its end is on disk, in milliseconds. */
async function single(works: TestRuntime): Promise<{ readonly start: number[]; readonly end: number[] }> {
  const run = works.sandbox.run;
  let startedAt = 0;
  works.sandbox.run = (order, hooks) => {
    startedAt = performance.now();
    return run(order, hooks);
  };
  const seen = { start: [] as number[], end: [] as number[] };
  for (let n = 0; n < SINGLE_JOBS; n += 1) {
    await pause(20);
    const called = performance.now();
    await click(works, 'p0', 10_000);
    seen.start.push(startedAt - called);
    seen.end.push(performance.now() - called);
  }
  works.sandbox.run = run;
  return seen;
}

async function runJobs(): Promise<void> {
  const works = await openTestRuntime();
  const slugs = Array.from({ length: projects }, (_, n) => `p${n}`);
  for (const slug of slugs) await deploy(works, slug);
  for (let n = 0; n < 50; n += 1) await click(works, slugs[n % projects] ?? '', 10_000);
  const rates: number[] = [];
  for (let round = 0; round < rounds; round += 1) rates.push(await drain(works, slugs));
  const all = rates.map((rate) => rate.toFixed(0)).join(', ');
  console.log(`drained, ${jobs} jobs of ${projects} projects   ${median(rates).toFixed(0)} jobs/s (${all})`);
  const { start, end } = await single(works);
  console.log(
    `idle, queued to start    p50 ${median(start).toFixed(2)} ms, p95 ${at(start, 0.95).toFixed(2)} ms`,
  );
  console.log(
    `idle, queued to end      p50 ${median(end).toFixed(2)} ms, p95 ${at(end, 0.95).toFixed(2)} ms`,
  );
  await works.close();
}

/** Of one claim of so many jobs, in milliseconds of processor time: each task may have one, each project half of them. */
async function claims(store: Store, now: number, most: number): Promise<readonly number[]> {
  const times: number[] = [];
  for (let n = 0; n < CLAIMS; n += 1) {
    const began = process.cpuUsage();
    const places = () => new Places({ get: () => undefined }, most);
    const { jobs: claimed } = await store.claimJobs({ now, leaseUntil: now, places });
    const { user, system } = process.cpuUsage(began);
    times.push((user + system) / 1000);
    if (claimed.length < most / 2) throw new Error('Too little was claimed.');
  }
  return times;
}

/** A third of the jobs is not due. */
async function beside(count: number): Promise<void> {
  const { store, close } = openTestStore();
  const now = Date.now();
  const began = performance.now();
  await enqueueAll(store, count, (n) => {
    const task = n % TASKS;
    const [project_id, project] = [`project-${task % PROJECTS}`, `p${task % PROJECTS}`];
    const run_at = n % 3 === 0 ? now + 3_600_000 + n : now - 1000;
    return jobRow({ id: uuidAt(now), created_at: now, run_at, task: `Task ${task}`, project_id, project });
  });
  const queuedMs = performance.now() - began;
  console.log(`${count} queued at ${((count / queuedMs) * 1000).toFixed(0)}/s; beside them`);
  for (const left of [1, 64]) {
    const times = await claims(store, now, left);
    const [p50, p95] = [median(times), at(times, 0.95)].map((ms) => ms.toFixed(2));
    console.log(
      `  a claim of up to ${left}   p50 ${p50} ms, p95 ${p95} ms, first ${times[0]?.toFixed(1)} ms of processor time`,
    );
  }
  await close();
}

await runJobs();
if (queued > 0) for (const count of [20_000, queued]) await beside(count);
