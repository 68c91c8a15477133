import { writeSync } from 'node:fs';
import { createRuntime } from '../../../runtime/create-runtime.ts';
import type { JobRow } from '../../../runtime/store/job-store.ts';
import { openPostgresStore } from '../../../runtime/store/postgres/open.ts';
import type { Store } from '../../../runtime/store/store.ts';
import { createSandbox } from '../../../sandbox/create-sandbox.ts';
import type { Sandbox } from '../../../sandbox/types.ts';
import { actor } from '../deploys.ts';
import { callHook, deployTask } from '../runtime.ts';
import { CHAIN_KEY, KEYRING, LEASE_MS, LIMIT, SLUG } from './terms.ts';

/**
 * One node: the works on the PostgreSQL at the URL given as first argument, with events of every kind, until it is killed or told to
 * `drain` on its standard input: then it takes no event more, and ends itself when nothing is left. It says, with the
 * microseconds of the machine's own clock in front, and each line is out before it goes on:
 *
 *     A id kind       an event was accepted        W id       a webhook was answered by this job
 *     S id attempt    the job's code starts        E id       its code has ended
 *     F id attempt    its final state is on disk   L id       what became of it did not count
 */
const [url = ''] = process.argv.slice(2);
const MOST_UNDER_WAY = 12;
const KINDS = ['quick', 'quick', 'slow', 'again', 'fail', 'parent'];
const CODE = `
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  export async function child(n: number) { log("child " + n); return n; }
  export async function handle_cron() { await pause(5); }
  export async function handle_webhook() { await pause(Math.random() * (Math.random() < 0.2 ? 3000 : 20)); return job.id; }
  export async function handle_button(kind: string) {
    log("began " + kind);
    await registers.increment("runs", job.id);
    if (kind === "slow") await pause(400);
    if (kind === "parent") for (const n of [1, 2]) await add_job(child, { priority: n * 8 })(n);
    if (kind === "again" && job.attempt < 2) throw new RetryableJobError("again");
    if (kind === "fail") throw new Error("no");
    return kind;
  }`;

const now = (): number => Number(process.hrtime.bigint() / 1000n);
const say = (...words: (string | number)[]): void => {
  writeSync(1, `${now()} ${words.join(' ')}\n`);
};
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
const anyOf = <Item>(items: readonly Item[]): Item | undefined =>
  items[Math.floor(Math.random() * items.length)];

const telling = (store: Store): Store => ({
  ...store,
  async finishJob(finish) {
    const counts = await store.finishJob(finish);
    say(counts ? 'F' : 'L', finish.job.id, finish.job.attempt);
    return counts;
  },
});

const tellingRuns = (sandbox: Sandbox): Sandbox => ({
  ...sandbox,
  run(order, hooks) {
    say('S', order.jobId, order.context.job.attempt);
    const running = sandbox.run(order, hooks);
    running.outcome.then(() => say('E', order.jobId));
    return running;
  },
});

const report = (message: string) => process.stderr.write(`${message}\n`);
const store = telling(await openPostgresStore({ url, chainKey: CHAIN_KEY, report }));
const runtime = await createRuntime({
  store,
  sandbox: tellingRuns(await createSandbox()),
  keyring: KEYRING,
  hookUrl: 'http://hooks.test',
  leaseMs: LEASE_MS,
  clock: {
    now: () => store.now(),
    after(ms, action) {
      const timer = setTimeout(action, Math.max(ms, 0));
      return () => clearTimeout(timer);
    },
  },
  report,
});
const user = actor('manager');
let draining = false;

async function click(): Promise<JobRow | undefined> {
  const kind = anyOf(KINDS) ?? 'quick';
  const job = await runtime.runTrigger({ slug: SLUG, name: 'GO', data: kind, waitMs: 0, actor: user });
  say('A', job.id, kind);
  return job;
}

async function callOne(): Promise<void> {
  const answer = await callHook(runtime, SLUG, 'HOOK');
  if (answer?.status === 200) say('W', String(answer.body));
}

const EVENTS = [click, click, click, callOne];

async function events(): Promise<void> {
  let underWay = 0;
  while (!draining) {
    await pause(Math.random() * 40);
    if (underWay >= MOST_UNDER_WAY) continue;
    underWay += 1;
    const event = anyOf(EVENTS) ?? click;
    event()
      // Refused while the database is away: it was not accepted.
      .catch(() => {})
      .then(() => {
        underWay -= 1;
      });
  }
  while (underWay > 0) await pause(20);
}

async function drain(): Promise<void> {
  await runtime.setTriggerActive(SLUG, 'TICK', false);
  const left = async () => {
    // Each is another look: a job that goes to the queue and is claimed meanwhile is in one of them.
    for (const status of ['running', 'queued', 'running'] as const)
      if ((await store.listJobs({ status }, { limit: 1 })).items.length > 0) return true;
    return false;
  };
  while (await left()) await pause(50);
  await runtime.stop(1000);
}

if (runtime.project(SLUG) === undefined) {
  await deployTask(runtime, {
    slug: SLUG,
    code: CODE,
    task: `    limits: {concurrency: ${LIMIT}}\n    retry: {attempts: 4, backoff: [1s, 1s]}`,
    triggers: [
      '{type: button, name: GO}',
      '{type: webhook, name: HOOK}',
      '{type: cron, name: TICK, every: 1 second}',
    ],
  }).catch(report);
}
process.stdin.on('data', () => {
  draining = true;
});
say('ready');
await events();
await drain();
process.exit(0);
