import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LinkSet } from '../../runtime/store/link-store.ts';
import { refusesStrangers } from '../support/access.ts';
import { ECHO_FILES } from '../support/echo-project.ts';
import { type Instance, startInstance } from '../support/instance.ts';

const SECRET = 'correct-horse-battery';

interface Link {
  readonly id: number;
  readonly relation: string;
}
interface List {
  readonly items: readonly Link[];
  readonly next: string | null;
}

let instance: Instance;
const tokens: Record<string, string> = {};
beforeAll(async () => {
  instance = await startInstance();
  await instance.deploy('echo', ECHO_FILES);
  await instance.call('PUT', '/projects/echo/secrets/API_KEY', { value: SECRET });
  await link(
    'partners',
    [
      ['external', '1017'],
      ['odoo', '5'],
    ],
    'res.partner',
  );
  await link('cards', [
    ['github', '1'],
    ['trello', 'a'],
  ]);
  await link(
    'cards',
    [
      ['github', '2'],
      ['trello', 'b'],
    ],
    'issue',
  );
  await link('cards', [
    ['github', '3'],
    ['trello', SECRET],
  ]);
  for (const role of ['user', 'developer'] as const) tokens[role] = await instance.tokenFor(role);
});
afterAll(() => instance.stop());

async function link(relation: string, refs: LinkSet['refs'], model: string | null = null): Promise<number> {
  const project_id = instance.runtime.project('echo')?.project.id ?? '';
  const bounds = { most_links: 100, most_bytes: 100_000 };
  const write = { project_id, relation, refs, model, sync_date: 5, allow_many2many: false, ...bounds };
  const written = await instance.runtime.store.setLink(write);
  return written.kind === 'linked' ? written.link.id : 0;
}
const list = (query: string, token?: string) =>
  instance.call<List>('GET', `/links?project=echo&${query}`, undefined, token);
const remove = (id: number | string, token?: string) =>
  instance.call('DELETE', `/links/${id}`, undefined, token);
const idsOf = ({ body }: { readonly body: List }) => body.items.map(({ id }) => id);

describe('links', () => {
  refusesStrangers(
    () => instance,
    [
      ['GET', '/links?project=echo', 'user'],
      ['DELETE', '/links/1', 'developer'],
    ],
  );

  it('are shown to every User', async () => {
    const { status, body } = await list('relation=partners', tokens.user);
    const refs = [
      { system: 'external', reference: '1017' },
      { system: 'odoo', reference: '5' },
    ];
    const shown = { id: 1, project: 'echo', relation: 'partners', model: 'res.partner', refs };
    expect({ status, body }).toEqual({
      status: 200,
      body: { items: [{ ...shown, sync_date: '1970-01-01T00:00:00.005Z' }], next: null },
    });
  });

  it('are shown newest first, page by page, and by each filter', async () => {
    const first = await list('limit=3');
    expect(idsOf(first)).toEqual([4, 3, 2]);
    expect(idsOf(await list(`limit=3&after=${first.body.next}`))).toEqual([1]);
    expect(idsOf(await list('model=issue'))).toEqual([3]);
    expect(idsOf(await list('system=odoo'))).toEqual([1]);
    expect(idsOf(await list('relation=cards&system=trello&reference=a'))).toEqual([2]);
    expect(idsOf(await list('relation=partners&model=res.partner&system=odoo&reference=5'))).toEqual([1]);
  });

  it('show the value of a secret to nobody', async () => {
    const { body } = await list('relation=cards&limit=1');
    expect(JSON.stringify(body)).toContain('***');
    expect(JSON.stringify(body)).not.toContain(SECRET);
  });

  it('are deleted by Developers, which the audit tells without references', async () => {
    const id = await link('orders', [
      ['shop', 'not-for-the-audit'],
      ['till', '2'],
    ]);
    expect((await remove(id, tokens.developer)).status).toBe(204);
    expect((await remove(id, tokens.developer)).status).toBe(404);
    expect(idsOf(await list('relation=orders'))).toEqual([]);
    const { body } = await instance.call('GET', '/audit?project=echo&limit=1');
    expect(body).toMatchObject({
      items: [
        { kind: 'link_deleted', name: 'orders', message: `Link ${id} of relation orders was deleted.` },
      ],
    });
    expect(JSON.stringify([body, instance.log])).not.toContain('not-for-the-audit');
  });

  it.each([
    ['GET', '/links', 400, 'project'],
    ['GET', '/links?project=nothing', 404, 'nothing'],
    ['GET', '/links?project=echo&reference=1', 400, 'give that too'],
    ['GET', '/links?project=echo&relation=', 400, 'is empty'],
    ['GET', '/links?project=echo&after=x', 400, 'no place in this list'],
    ['GET', '/links?project=echo&more=1', 400, 'more'],
    ['DELETE', '/links/999999', 404, 'Check the id'],
    ['DELETE', '/links/one', 404, 'Check the id'],
  ])('%s %s is %d', async (verb, route, status, words) => {
    const answer = await instance.call(verb, route);
    expect([answer.status, JSON.stringify(answer.body)]).toEqual([status, expect.stringContaining(words)]);
  });
});
