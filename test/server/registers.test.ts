import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusesStrangers } from '../support/access.ts';
import { type Instance, startInstance } from '../support/instance.ts';

const SECRET = 'correct-horse-battery';
const FILES = {
  'project.yaml': `
name: State
slug: state
active: true
secrets: [{ key: TOKEN }]
tasks: [{ name: State, code: tasks/state.js, triggers: [{ type: button, name: FILL }] }]
`,
  'protected.js': `export async function fill() {
  await registers.set('_cache', 'token', secrets.TOKEN);
  await registers.set('open', 'leak', 'Bearer ' + secrets.TOKEN);
}`,
  'tasks/state.js': `async function handle_button() {
  await fill();
  for (const key of ['a/1', 'a/2', 'b ü']) await registers.set('orders', key, { key, at: new Date(5) });
  await registers.set('orders', 'bytes', Uint8Array.of(0, 255));
}`,
};

let instance: Instance;
const tokens: Record<string, string> = {};
beforeAll(async () => {
  instance = await startInstance();
  await instance.deploy('state', FILES);
  await instance.call('PUT', '/projects/state/secrets/TOKEN', { value: SECRET });
  const run = await instance.call('POST', '/projects/state/triggers/FILL/run', { wait: 60 });
  expect(run.body).toMatchObject({ job: { status: 'done' } });
  for (const role of ['user', 'developer'] as const) tokens[role] = await instance.tokenFor(role);
});
afterAll(() => instance.stop());

interface List {
  readonly items: readonly { readonly name: string; readonly key: string; readonly value: unknown }[];
  readonly next: string | null;
}
const list = (query: string, token?: string) =>
  instance.call<List>('GET', `/registers?project=state&${query}`, undefined, token);
const patch = (body: object, token?: string) =>
  instance.call('PATCH', '/registers', { project: 'state', ...body }, token);
const remove = (query: string, token?: string) =>
  instance.call('DELETE', `/registers?project=state&${query}`, undefined, token);
const placesOf = ({ body }: { readonly body: List }) => body.items.map(({ name, key }) => `${name}: ${key}`);

describe('registers', () => {
  refusesStrangers(
    () => instance,
    [
      ['GET', '/registers?project=state', 'user'],
      ['PATCH', '/registers', 'developer'],
      ['DELETE', '/registers?project=state&name=orders&key=x', 'developer'],
    ],
  );

  it('are shown as JSON, in the order of keys', async () => {
    const { status, body } = await list('name=orders', tokens.user);
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        items: [
          {
            project: 'state',
            name: 'orders',
            key: 'a/1',
            value: { key: 'a/1', at: '1970-01-01T00:00:00.005Z' },
            version: 1,
            written_at: expect.stringMatching(/^20..-/),
          },
          { key: 'a/2' },
          { key: 'b ü' },
          { key: 'bytes', value: { base64: 'AP8=' } },
        ],
        next: null,
      },
    });
    expect(placesOf(await list('name=orders&prefix=a/'))).toEqual(['orders: a/1', 'orders: a/2']);
  });

  it('are shown page by page, of all registers too', async () => {
    const first = await list('limit=2', tokens.user);
    expect(placesOf(first)).toEqual(['open: leak', 'orders: a/1']);
    const rest = await list(`limit=9&after=${first.body.next}`, tokens.user);
    expect(placesOf(rest)).toEqual(['orders: a/2', 'orders: b ü', 'orders: bytes']);
    expect(rest.body.next).toBeNull();
  });

  it('of Protected Code are there for Managers only', async () => {
    expect(placesOf(await list('limit=1'))).toEqual(['_cache: token']);
    for (const role of ['user', 'developer']) {
      expect(placesOf(await list('limit=1', tokens[role]))).toEqual(['open: leak']);
      expect((await list('name=_cache', tokens[role])).status).toBe(403);
    }
    const place = { name: '_cache', key: 'token' };
    expect((await patch({ ...place, value: 1 }, tokens.developer)).status).toBe(403);
    expect((await remove('name=_cache&key=token', tokens.developer)).status).toBe(403);
    expect((await patch({ ...place, key: 'other', value: 1 })).status).toBe(200);
  });

  it('show the value of a secret to nobody', async () => {
    for (const query of ['name=open', 'name=_cache', '']) {
      const { status, body } = await list(query);
      expect(status).toBe(200);
      expect(JSON.stringify(body)).not.toContain(SECRET);
      expect(JSON.stringify(body)).toContain('***');
    }
  });

  it('are written and deleted by Developers, over the version that they know', async () => {
    const place = { name: 'flags', key: 'on' };
    const made = await patch({ ...place, value: { deep: [1] }, if_version: 0 }, tokens.developer);
    expect(made).toMatchObject({ status: 200, body: { ...place, value: { deep: [1] }, version: 1 } });
    expect(await patch({ ...place, value: 2, if_version: null }, tokens.developer)).toMatchObject({
      status: 409,
      body: { error: { code: 'conflict', details: { version: 1 } } },
    });
    expect((await patch({ ...place, value: null, if_version: 1 }, tokens.developer)).status).toBe(200);
    expect((await remove('name=flags&key=on&if_version=1', tokens.developer)).status).toBe(409);
    expect((await remove('name=flags&key=on&if_version=2', tokens.developer)).status).toBe(204);
    expect((await remove('name=flags&key=on', tokens.developer)).status).toBe(404);
  });

  it('are in the audit when people change them, without values', async () => {
    await patch({ name: 'audited', key: 'k', value: 'not-for-the-audit' });
    await remove('name=audited&key=k');
    const { body } = await instance.call('GET', '/audit?project=state&limit=2');
    expect(body).toMatchObject({
      items: [
        { kind: 'register_deleted', name: 'audited', message: 'Key "k" of register audited was deleted.' },
        { kind: 'register_set', name: 'audited', user: 'admin' },
      ],
    });
    expect(JSON.stringify([body, instance.log])).not.toContain('not-for-the-audit');
  });

  it.each([
    ['GET', '/registers', 400, 'project'],
    ['GET', '/registers?project=nothing', 404, 'nothing'],
    ['GET', '/registers?project=state&prefix=a', 400, 'give its name too'],
    ['GET', '/registers?project=state&after=x', 400, 'no place in this list'],
    ['GET', '/registers?project=state&name=', 400, 'is empty'],
    ['DELETE', '/registers?project=state&name=a', 400, 'key'],
    ['DELETE', '/registers?project=state&name=a&key=b&if_version=x', 400, 'it takes a version'],
  ])('%s %s is %d', async (verb, route, status, words) => {
    const answer = await instance.call(verb, route);
    expect([answer.status, JSON.stringify(answer.body)]).toEqual([status, expect.stringContaining(words)]);
  });

  it.each([
    [{ name: 'a', key: 'b' }, 400, 'value'],
    [{ name: 'a', key: 'b', value: 1, if_version: -1 }, 400, 'it takes a version'],
    [{ name: 'a', key: 'b\0', value: 1 }, 400, 'U+0000'],
    [{ name: 'a', key: 'b', value: 1, more: 1 }, 400, 'more'],
    [{ name: 'a', key: 'b', value: 'x'.repeat(65_536) }, 413, '65536 bytes'],
  ])('are not written from body %#', async (body, status, words) => {
    const answer = await patch(body);
    expect([answer.status, JSON.stringify(answer.body)]).toEqual([status, expect.stringContaining(words)]);
  });
});
