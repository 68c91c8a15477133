import { writeSync } from 'node:fs';
import type { Clock } from '../../runtime/clock.ts';
import { createRuntime } from '../../runtime/create-runtime.ts';
import type { JobRow } from '../../runtime/store/job-store.ts';
import { openSqliteStore } from '../../runtime/store/sqlite/open.ts';
import type { Store } from '../../runtime/store/store.ts';
import { createSandbox } from '../../sandbox/create-sandbox.ts';
import type { Sandbox } from '../../sandbox/types.ts';
import { actor } from './deploys.ts';
import { callHook, deployTask } from './runtime.ts';

/**
 * A process that runs the works on the store in the file given as first argument, with events of every kind, until it is
 * killed; with a third argument it takes a few events more, ends what is left, and ends itself. Time runs a thousand times faster for
 * it, counted from the second argument on, so that retries and cron ticks come within a second. It says, and each line is
 * out before it goes on:
 *
 *     A id kind       an event was accepted        W id            a webhook was answered
 *     S id attempt    the job's code starts        E id            its code has ended
 *     F id attempt    its final state is on disk   R id attempt n  it went back to the queue; n: 1 when not counted
 *     C id            it was cancelled
 */
const [file = '', since = '0', isLast] = process.argv.slice(2);
const SPEED = 1000;
const EPOCH = Date.UTC(2026, 10, 20);
const MOST_UNDER_WAY = 24;
const SLUG = 'crashing';
const KINDS = ['quick', 'quick', 'slow', 'again', 'fail', 'parent', 'late-parent'];
const CODE = `
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  const began = () => registers.increment("runs", job.id);
  export async function child(n: number) { await began(); log("child " + n); return n; }
  export async function handle_cron() { await began(); await pause(5); }
  export async function handle_webhook() { await began(); await pause(Math.random() * 20); return "answered"; }
  export async function handle_button(kind: string) {
    await began();
    if (kind === "slow") await pause(60);
    if (kind.endsWith("parent")) for (const n of [1, 2]) await add_job(child, { priority: n * 8 })(n);
    if (kind === "again" && job.attempt < 3) throw new RetryableJobError("again");
    if (kind === "late-parent" && job.attempt < 2) throw new RetryableJobError("later");
    if (kind === "fail") throw new Error("no");
    return kind;
  }`;

const say = (...words: (string | number)[]): void => {
  writeSync(1, `${words.join(' ')}\n`);
};
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
const anyOf = <Item>(items: readonly Item[]): Item | undefined =>
  items[Math.floor(Math.random() * items.length)];

const clock: Clock = {
  now: () => EPOCH + (Date.now() - Number(since)) * SPEED,
  after(ms, action) {
    const timer = setTimeout(action, Math.max(ms, 0) / SPEED);
    return () => clearTimeout(timer);
  },
};

function telling(store: Store): Store {
  return {
    ...store,
    async finishJob(finish) {
      const counts = await store.finishJob(finish);
      if (counts) say('F', finish.job.id, finish.job.attempt);
      return counts;
    },
    async requeueJob(requeue) {
      const counts = await store.requeueJob(requeue);
      if (counts) say('R', requeue.job.id, requeue.job.attempt, requeue.uncounted ? 1 : 0);
      return counts;
    },
  };
}

const tellingRuns = (sandbox: Sandbox): Sandbox => ({
  ...sandbox,
  run(order, hooks) {
    say('S', order.jobId, order.context.job.attempt);
    const running = sandbox.run(order, hooks);
    running.outcome.then(() => say('E', order.jobId));
    return running;
  },
});

const store = telling(openSqliteStore({ file, chainKey: new Uint8Array(32).fill(7) }));
const sandbox = tellingRuns(await createSandbox());
const runtime = await createRuntime({
  store,
  sandbox,
  keyring: { keys: [{ id: 'test', bytes: new Uint8Array(32).fill(9) }], source: 'the test' },
  hookUrl: 'http://hooks.test',
  clock,
  // Time is quick here: half a lease is more than a claim takes.
  leaseMs: 2_000_000,
  report: (message) => process.stderr.write(`${message}\n`),
});
const user = actor('manager');

async function click(): Promise<JobRow> {
  const kind = anyOf(KINDS) ?? 'quick';
  const job = await runtime.runTrigger({ slug: SLUG, name: 'GO', data: kind, waitMs: 0, actor: user });
  say('A', job.id, kind);
  return job;
}

async function clickAndCancel(): Promise<void> {
  const { id } = await click();
  await pause(Math.random() * 30);
  const cancelled = await runtime.cancelJob(id, user).catch(() => undefined);
  if (cancelled !== undefined) say('C', id);
}

async function retryOne(): Promise<void> {
  const [failed] = (await store.listJobs({ status: 'failed' }, { limit: 1 })).items;
  const again = failed && (await runtime.retryJob(failed.id, user).catch(() => undefined));
  if (again !== undefined) say('A', again.id, 'retried');
}

async function callOne(): Promise<void> {
  const answer = await callHook(runtime, SLUG, 'HOOK');
  if (answer?.status === 200) say('W');
}

const EVENTS = [click, click, click, clickAndCancel, callOne, callOne, retryOne];

async function eventsForEver(): Promise<never> {
  let underWay = 0;
  for (;;) {
    await pause(Math.random() * 8);
    if (underWay >= MOST_UNDER_WAY) continue;
    underWay += 1;
    const event = anyOf(EVENTS) ?? click;
    event().then(() => {
      underWay -= 1;
    });
  }
}

async function drain(): Promise<void> {
  for (let n = 0; n < 5; n += 1) await callOne();
  await runtime.setTriggerActive(SLUG, 'TICK', false);
  const left = async () => {
    const lists = ['queued', 'running'] as const;
    const pages = await Promise.all(lists.map((status) => store.listJobs({ status }, { limit: 1 })));
    return pages.some(({ items }) => items.length > 0);
  };
  while (await left()) await pause(20);
  await runtime.stop(1000);
}

if (runtime.project(SLUG) === undefined) {
  await deployTask(runtime, {
    slug: SLUG,
    code: CODE,
    task: '    limits: {concurrency: 20}\n    retry: {attempts: 4, backoff: [20s, 2m]}',
    triggers: [
      '{type: button, name: GO}',
      '{type: webhook, name: HOOK}',
      '{type: cron, name: TICK, every: 1 minute}',
    ],
  });
}
say('ready');
await (isLast === undefined ? eventsForEver() : drain());
