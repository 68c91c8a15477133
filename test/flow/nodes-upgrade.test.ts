import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type NewerCheckout, newerCheckout } from '../support/nodes/newer-checkout.ts';
import { beginNode, type ServedNode } from '../support/nodes/served-node.ts';
import { type TestDatabase, testDatabase } from '../support/postgres/database.ts';
import { until } from '../support/wait-for.ts';

/** Harmless, and seen by every statement that reads all columns of a table. */
const TABLES = [
  'jobs',
  'finished_jobs',
  'ledger',
  'ledger_checkpoints',
  'ledger_removed',
  'links',
  'logs',
  'deliveries',
];
const STEP = [
  ...TABLES.map((table) => `ALTER TABLE ${table} ADD COLUMN newer TEXT;`),
  'CREATE TABLE newer_table (id BIGINT PRIMARY KEY);',
].join('\n');

const FILES = {
  'project.yaml': `name: Upgraded
slug: upgraded
active: true
tasks:
  - name: Task
    code: tasks/t.ts
    triggers:
      - { type: webhook, name: HOOK }
      - { type: button, name: GO }
`,
  'protected.ts': 'export const declare = (text: string) => log_outgoing_data("a test", text);\n',
  'tasks/t.ts': `
async function work() {
  log("works");
  await declare("something");
  await registers.set("r", "k", 1);
  await set_link("same", { shop: 1, crm: 2 });
  return (await get_link("same", { shop: 1, crm: null })).length;
}
export async function handle_webhook() { return String(await work()); }
export async function handle_button() { return work(); }
`,
};
const READS = [
  '/ledger/verify',
  '/outgoing',
  '/jobs?project=upgraded',
  '/logs',
  '/links?project=upgraded',
  '/audit',
];
/** The reads of a node have so many connections, and each knows its own statements. */
const TIMES = 4;

let database: TestDatabase;
let newer: NewerCheckout;
let old: ServedNode;
let upgraded: ServedNode | undefined;
let hook = '';

beforeAll(async () => {
  newer = newerCheckout(STEP);
  database = await testDatabase();
  old = await beginNode(database.url).ready;
  await old.call('PUT', '/projects/upgraded', { files: FILES });
  const { body } = await old.call<{ webhooks: Record<string, string> }>('GET', '/projects/upgraded');
  hook = new URL(body.webhooks.HOOK ?? '').pathname;
}, 60_000);
afterAll(async () => {
  await Promise.all([old.stop(), upgraded?.stop()]);
  await database[Symbol.asyncDispose]();
  newer[Symbol.dispose]();
});

const callHook = async (): Promise<string> => {
  const answer = await fetch(`${old.url}${hook}`);
  return `${answer.status} ${await answer.text()}`;
};
const runButton = async (): Promise<unknown> => {
  const route = '/projects/upgraded/triggers/GO/run';
  const { body } = await old.call<{ job: { status: string; result: unknown } }>('POST', route, { wait: 20 });
  return [body.job.status, body.job.result];
};
/** Everything that the node does, several times at once, so that all of its connections do it. */
async function everything(): Promise<void> {
  const repeated = <Value>(work: () => Promise<Value>) => Promise.all(Array.from({ length: TIMES }, work));
  expect(new Set(await repeated(callHook))).toEqual(new Set(['200 1']));
  expect(await repeated(runButton)).toEqual(Array.from({ length: TIMES }, () => ['done', 1]));
  for (const route of READS) {
    const answers = await repeated(() => old.call('GET', route));
    expect([route, answers.find(({ status }) => status !== 200)]).toEqual([route, undefined]);
    expect([route, JSON.stringify(answers)]).toEqual([route, expect.not.stringContaining('"newer"')]);
  }
}

/** One after the other, so that a slow machine is asked less often. */
async function repeatUntil<Value>(
  signal: AbortSignal,
  work: () => Promise<Value>,
): Promise<readonly Value[]> {
  const answers: Value[] = [];
  while (!signal.aborted) {
    answers.push(await work());
    await setTimeout(50);
  }
  return answers;
}

it('a node goes on while a newer one upgrades the database, and does not start on it again', async () => {
  await everything();
  await everything();
  const over = new AbortController();
  let answered = 0;
  // Often enough that no connection is left for want of use.
  const called = repeatUntil(over.signal, () => callHook().finally(() => (answered += 1)));
  const verified = repeatUntil(over.signal, async () => (await old.call('GET', '/ledger/verify')).status);
  // It answers only, so that all queued jobs are the old one's.
  const newest = await beginNode(database.url, ['--no-work'], {}, newer.launcher).ready;
  upgraded = newest;
  const before = answered;
  await until('webhooks are answered after the upgrade', () => answered > before + 5, 20_000);
  over.abort();
  expect(new Set(await called)).toEqual(new Set(['200 1']));
  expect(new Set(await verified)).toEqual(new Set([200]));
  expect(await database.ask('SELECT 1 FROM newer_table')).toEqual([]);
  await everything();
  expect(await newest.call('GET', '/ledger/verify')).toMatchObject({ status: 200, body: { ok: true } });
  expect(await old.stop()).toBe(0);
  expect(old.process.stderr()).not.toMatch(/cached plan|error|failed/i);

  const again = beginNode(database.url);
  await expect(again.ready).rejects.toThrow(/written by a newer Sluice/);
  expect(await again.process.ended).toBe(2);
  expect(again.process.stderr().match(/^sluice: .*$/gm)).toEqual([
    expect.stringMatching(/ has schema \d+, written by a newer Sluice; .*\. Start the newer Sluice, .*\.$/),
  ]);
  expect(await newest.stop()).toBe(0);
}, 120_000);
