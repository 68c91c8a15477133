import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { beginNode, type ServedNode } from '../support/nodes/served-node.ts';
import { type TestDatabase, testDatabase } from '../support/postgres/database.ts';

const ODD = 'a\0b\ud800';
/** As in a URL: U+0000, and bytes that are no UTF-8. */
const ODD_PARTS = ['%00', 'a%00b', '%ED%A0%80'];
const files = {
  'project.yaml': `name: Odd
slug: odd
active: true
params: [{ key: WHO, value: first }]
secrets: [{ key: TOKEN }]
tasks: [{ name: Task, code: tasks/t.ts, triggers: [{ type: button, name: GO }, { type: webhook, name: HOOK }] }]
`,
  'tasks/t.ts': `
  export function handle_webhook(request) { log(request.data); return request.data; }
  export async function handle_button(odd) {
    log(odd);
    await registers.set("seen", "key", { [odd]: odd });
    const device = await env["x.device"].create({ label: odd });
    const found = await env["x.device"].search([["label", "ilike", odd]]);
    add_job(later, odd, { description: odd, identity_key: odd });
    return [odd, device.id, found.length];
  }
  function later(odd) { return odd; }`,
};

interface Described {
  readonly parameters?: readonly { readonly in: string; readonly name: string }[];
}

describe('text that PostgreSQL cannot hold', () => {
  let database: TestDatabase;
  let node: ServedNode;
  beforeAll(async () => {
    database = await testDatabase();
    node = await beginNode(database.url).ready;
    expect(await node.call('PUT', '/projects/odd', { files })).toMatchObject({ status: 200 });
  }, 60_000);
  afterAll(async () => {
    await node.stop();
    await database[Symbol.asyncDispose]();
  });

  it('is no failure of the server in any part or query of a path', async () => {
    const { body } = await node.call<{ paths: Record<string, { get?: Described }> }>('GET', '/openapi.json');
    const real: Readonly<Record<string, string>> = {
      slug: 'odd',
      name: 'GO',
      number: '1',
      model: 'x.device',
    };
    const filled = (route: string, odd: Readonly<Record<string, string>> = {}) =>
      route.replaceAll(/\{(\w+)\}/g, (_, name: string) => odd[name] ?? real[name] ?? 'x');
    const paths = Object.entries(body.paths).flatMap(([route, { get }]) => {
      if (get === undefined || route.endsWith('/stream')) return [];
      const parts = [...route.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
      const queries = (get.parameters ?? []).filter((each) => each.in === 'query');
      return ODD_PARTS.flatMap((odd) => [
        ...parts.map((name) => filled(route, { [name]: odd })),
        ...queries.map(({ name }) => `${filled(route)}?${name}=${odd}`),
      ]);
    });
    expect(paths.length).toBeGreaterThan(150);
    const failed: string[] = [];
    for (const path of paths) {
      const answer = await fetch(`${node.url}${path}`, { headers: node.headers });
      await answer.text();
      if (answer.status >= 500) failed.push(`${path}: ${answer.status}`);
    }
    expect(failed).toEqual([]);
    expect(node.process.stderr()).not.toContain('failed');
  }, 60_000);

  it.each<readonly [string, string, unknown]>([
    ['PUT', '/projects/odd/params/WHO', { value: ODD }],
    ['PUT', '/projects/odd/secrets/TOKEN', { value: ODD }],
    ['PATCH', '/registers', { project: 'odd', name: ODD, key: ODD, value: { [ODD]: ODD }, version: 0 }],
    ['POST', '/records/x.device', { values: { label: ODD, [ODD]: ODD } }],
    ['POST', '/records/x.device', { values: { other: { [ODD]: ODD } } }],
    ['POST', '/tokens', { name: ODD, role: 'user' }],
    ['PUT', '/projects/odd', { files: { ...files, 'tasks/t.ts': `// ${ODD}`, [ODD]: '' }, message: ODD }],
    ['POST', '/projects/odd/triggers/GO/run', { data: ODD, wait: 20 }],
  ])('is no failure of the server in the body of %s %s', async (verb, route, body) => {
    const answer = await node.call<{ job?: { status: string; error: unknown } }>(verb, route, body);
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(500);
    if (answer.body?.job !== undefined)
      expect(answer.body.job).toMatchObject({ status: 'done', error: null });
    expect(node.process.stderr()).not.toContain('failed');
  });
});
