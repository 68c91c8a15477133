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

const { send, github, stripe, slack, shopify, standard, plain } = edgeSenders(() => hooks);

async function jobs(): Promise<number> {
  return (await instance.runtime.store.listJobs({ project: 'edge' }, { limit: 1000 })).items.length;
}

describe('a delivery that comes again', () => {
  it.each([
    ['GitHub', (id: string) => github(`{"n":"${id}"}`, { 'x-github-delivery': id })],
    ['Stripe', (id: string) => stripe(JSON.stringify({ id }))],
    ['Slack', (id: string) => slack(JSON.stringify({ event_id: id }))],
    ['Shopify', (id: string) => shopify(`{"n":"${id}"}`, id)],
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
    expect((await shopify(id, id)).status).toBe(200);
    expect((await standard('{}', { id })).text).toContain('STANDARD');
  });
});

describe('the same signed body under another id', () => {
  const twice = async (request: (body: string, id: string) => Promise<{ status: number; text: string }>) => {
    const [before, body] = [await jobs(), `body ${fresh()}`];
    const first = await request(body, fresh());
    const second = await request(body, fresh());
    expect([first.status, second.status]).toEqual([200, 200]);
    return { made: (await jobs()) - before, text: second.text };
  };
  const at = seconds();

  it.each([
    ['GitHub', (body: string, id: string) => github(body, { 'x-github-delivery': id })],
    [
      'GitHub, as another event',
      (body: string, id: string) => github(body, { 'x-github-delivery': id, 'x-github-event': id }),
    ],
    ['Shopify', (body: string, id: string) => shopify(body, id)],
    ['HMAC, where the project says so', (body: string, id: string) => plain('ONCE', body, id)],
    ['HMAC with the time, of the same second', (body: string, id: string) => plain('TIMED', body, id, at)],
  ])('is taken for a copy, from %s', async (_name, request) => {
    expect(await twice(request)).toEqual({ made: 1, text: 'This delivery was received before.\n' });
  });

  it.each([
    ['Shopify, about another topic', (body: string, id: string) => shopify(body, id, `orders/${id}`)],
    ['HMAC', (body: string, id: string) => plain('PLAIN', body, id)],
    [
      'GitHub, where the project says so',
      (body: string, id: string) => github(body, { 'x-github-delivery': id }, undefined, 'DISPATCH'),
    ],
    ['Standard Webhooks, which sign the id', (body: string, id: string) => standard(body, { id })],
  ])('is another delivery, from %s', async (_name, request) => {
    expect((await twice(request)).made).toBe(2);
  });

  it('is taken for a copy without an id too, and the delivery says so', async () => {
    const [before, body] = [await jobs(), fresh()];
    await github(body);
    await github(body, { 'x-github-delivery': '' });
    expect((await jobs()) - before).toBe(1);
    const { body: page } = await instance.call<{ items: { verdict: unknown[] }[] }>(
      'GET',
      '/projects/edge/triggers/GITHUB/deliveries?limit=1',
    );
    expect(page.items[0]?.verdict.at(-1)).toEqual({
      step: 'duplicate',
      ok: false,
      note: 'the same signed body was taken before, with another id or without one',
    });
  });

  it('is handled once when both come at once, and again after a failure', async () => {
    const before = await jobs();
    const answers = await Promise.all([github('slow copy'), github('slow copy')]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    expect([(await github('fail twice')).status, (await github('fail twice')).status]).toEqual([500, 500]);
    expect((await jobs()) - before).toBe(3);
  });
});
