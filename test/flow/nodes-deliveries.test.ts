import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { beginNode, LEASE_S, type ServedNode } from '../support/nodes/served-node.ts';
import { type TestDatabase, testDatabase } from '../support/postgres/database.ts';
import { until, waitFor } from '../support/wait-for.ts';

const FILES = {
  'project.yaml': `name: Once
slug: once
active: true
tasks:
  - name: Task
    code: tasks/t.ts
    triggers:
      - type: webhook
        name: HOOK
        dedupe: { header: x-id }
`,
  'tasks/t.ts': `
export async function handle_webhook(request: any) {
  const id = request.headers.get("x-id");
  await registers.increment("runs", id);
  await new Promise((resolve) => setTimeout(resolve, id === "long" ? ${LEASE_S * 1400} : 1500));
  return "handled";
}
`,
};

let database: TestDatabase;
let nodes: readonly ServedNode[] = [];
let hook = '';

beforeAll(async () => {
  database = await testDatabase();
  const first = await beginNode(database.url).ready;
  const second = await beginNode(database.url).ready;
  nodes = [first, second];
  await first.call('PUT', '/projects/once', { files: FILES });
  const { body } = await first.call<{ webhooks: Record<string, string> }>('GET', '/projects/once');
  hook = new URL(body.webhooks.HOOK ?? '').pathname;
}, 60_000);
afterAll(async () => {
  await Promise.all(nodes.map((node) => node.stop()));
  await database[Symbol.asyncDispose]();
});

const BUSY = '409 This delivery is being handled. Ask again in a moment.';

const send = async (node: ServedNode | undefined, id: string): Promise<string> => {
  const answer = await fetch(`${node?.url}${hook}`, { headers: { 'x-id': id } });
  return `${answer.status} ${(await answer.text()).trim()}`;
};

it('A delivery that comes to two nodes at once is handled once, and the other caller is told to ask again.', async () => {
  await waitFor(async () => ((await send(nodes[1], 'warm')).startsWith('200') ? true : undefined));
  const ids = Array.from({ length: 5 }, (_, n) => `id ${n}`);
  const answers = await Promise.all(ids.map((id) => Promise.all([send(nodes[0], id), send(nodes[1], id)])));
  for (const both of answers) expect(both.toSorted()).toEqual(['200 handled', BUSY]);
  // Where it was not handled, too.
  for (const node of nodes) expect(await send(node, 'id 0')).toBe('200 This delivery was received before.');
  const runs = await database.ask<{ value: string }>(
    "SELECT value FROM registers WHERE name = 'runs' ORDER BY key",
  );
  expect(runs.map(({ value }) => value)).toEqual([...ids.map(() => '1'), '1']);
  await until('nobody handles any', async () => (await database.ask('SELECT 1 FROM errands')).length === 0);
});

it('One that takes longer than a lease is still handled once.', async () => {
  const first = send(nodes[0], 'long');
  await setTimeout(LEASE_S * 1200);
  expect(await send(nodes[1], 'long')).toBe(BUSY);
  expect(await first).toBe('200 handled');
});
