import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EDGE_FILES, EDGE_SECRETS } from '../support/edge-project.ts';
import { edgeSenders, fresh, seconds } from '../support/edge-senders.ts';
import { type Instance, startInstance } from '../support/instance.ts';

let instance: Instance;
let hooks: Readonly<Record<string, string>>;
beforeAll(async () => {
  instance = await startInstance({ flags: { trusted_proxies: '127.0.0.1' } });
  hooks = await instance.deploy('edge', EDGE_FILES);
  for (const [key, value] of Object.entries(EDGE_SECRETS))
    await instance.call('PUT', `/projects/edge/secrets/${key}`, { value });
});
afterAll(() => instance.stop());

const { send, github, stripe, slack, shopify, standard } = edgeSenders(() => hooks);

async function jobs(): Promise<number> {
  return (await instance.runtime.store.listJobs({ project: 'edge' }, { limit: 1000 })).items.length;
}

describe('a delivery that comes again', () => {
  it.each([
    ['GitHub', (id: string) => github('{}', { 'x-github-delivery': id })],
    ['Stripe', (id: string) => stripe(JSON.stringify({ id }))],
    ['Slack', (id: string) => slack(JSON.stringify({ event_id: id }))],
    ['Shopify', (id: string) => shopify('{}', id)],
    ['Standard Webhooks', (id: string) => standard('{}', { id })],
    ['a path in JSON', (id: string) => send('BY_PATH', JSON.stringify({ event: { id } }))],
  ])('of %s makes one job', async (_name, request) => {
    const [before, id] = [await jobs(), fresh()];
    expect((await request(id)).status).toBe(200);
    const again = await request(id);
    expect([again.status, again.text]).toEqual([200, 'This delivery was received before.\n']);
    expect((await jobs()) - before).toBe(1);
  });

  it('as the same bytes with the same signature, without an id, makes one job', async () => {
    const [before, body, at] = [await jobs(), `command=x&n=${fresh()}`, seconds()];
    expect([(await slack(body, at)).status, (await slack(body, at)).status]).toEqual([200, 200]);
    expect((await jobs()) - before).toBe(1);
  });

  it('ten times at once makes one job', async () => {
    const [before, id] = [await jobs(), fresh()];
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => github('slow', { 'x-github-delivery': id })),
    );
    const statuses = answers.map(({ status }) => status).toSorted();
    expect(statuses).toEqual([200, ...Array.from({ length: 9 }, () => 409)]);
    expect(answers.find(({ status }) => status === 409)?.headers.get('retry-after')).toBe('5');
    expect((await jobs()) - before).toBe(1);
  });

  it('after a failure is handled again', async () => {
    const [before, id] = [await jobs(), fresh()];
    const one = await github('fail', { 'x-github-delivery': id });
    const other = await github('fine', { 'x-github-delivery': id });
    expect([one.status, other.status, (await jobs()) - before]).toEqual([500, 200, 2]);
  });

  it('is not taken for one of another trigger', async () => {
    const id = fresh();
    expect((await shopify('{}', id)).status).toBe(200);
    expect((await standard('{}', { id })).text).toContain('STANDARD');
  });
});
