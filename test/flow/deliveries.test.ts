import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeliveryRow } from '../../runtime/store/hook-store.ts';
import { refusesStrangers } from '../support/access.ts';
import { EDGE_FILES, EDGE_SECRETS } from '../support/edge-project.ts';
import { type Instance, startInstance } from '../support/instance.ts';
import { until, waitFor } from '../support/wait-for.ts';

interface Delivery
  extends Pick<
    DeliveryRow,
    'id' | 'status' | 'job' | 'bytes' | 'body' | 'remote_addr' | 'redelivery_of' | 'redelivered_by'
  > {
  readonly verdict: readonly { readonly step: string; readonly ok: boolean; readonly note: string | null }[];
  readonly headers: Readonly<Record<string, string>>;
  readonly can_be_redelivered: boolean;
}
interface Job {
  readonly id: string;
  readonly status: string;
  readonly attempt: number;
  readonly input: { readonly body: string; readonly headers: Readonly<Record<string, string>> };
  readonly result: unknown;
}

const { KEY } = EDGE_SECRETS;
let instance: Instance;
let hooks: Readonly<Record<string, string>>;

beforeAll(async () => {
  instance = await startInstance({ flags: { trusted_proxies: '127.0.0.1' } });
  hooks = await instance.deploy('edge', EDGE_FILES);
  await instance.call('PUT', '/projects/edge/secrets/KEY', { value: KEY });
});
afterAll(() => instance.stop());

const send = (trigger: string, body = '{}', headers: Record<string, string> = {}) =>
  fetch(hooks[trigger] ?? '', { method: 'POST', body, headers });
const login = { authorization: `Bearer ${KEY}` };

async function deliveries(trigger: string): Promise<readonly Delivery[]> {
  const route = `/projects/edge/triggers/${trigger}/deliveries`;
  return (await instance.call<{ items: readonly Delivery[] }>('GET', route)).body.items;
}
async function newest(trigger: string): Promise<Delivery> {
  const [delivery] = await deliveries(trigger);
  if (delivery === undefined) throw new Error(`Nothing was delivered to ${trigger}.`);
  return delivery;
}
const again = (trigger: string, id: string) =>
  instance.call<{ job: Job }>('POST', `/projects/edge/triggers/${trigger}/deliveries/${id}/redeliver`);
const jobOf = async (id: string | null): Promise<Job> =>
  (await instance.call<Job>('GET', `/jobs/${id}`)).body;
const ended = (id: string | null): Promise<Job> =>
  waitFor(async () => {
    const job = await jobOf(id);
    return ['queued', 'running'].includes(job.status) ? undefined : job;
  });

describe('deliveries', () => {
  refusesStrangers(
    () => instance,
    [
      ['GET', '/projects/edge/triggers/BEARER/deliveries', 'user'],
      ['POST', '/projects/edge/triggers/BEARER/deliveries/x/redeliver', 'developer'],
    ],
  );

  it('say step by step what was found, without secrets', async () => {
    await send('BEARER', `log ${KEY}`, { ...login, 'x-test': '1' });
    const delivery = await newest('BEARER');
    expect(delivery).toMatchObject({ bytes: 4 + KEY.length, body: 'log ***', can_be_redelivered: true });
    expect(delivery.headers).toMatchObject({ authorization: '***', 'x-test': '1' });
    expect(delivery.verdict.map(({ step, ok }) => [step, ok])).toEqual([
      ['method', true],
      ['source', true],
      ['size', true],
      ['authentication', true],
      ['duplicate', true],
      ['handler', true],
    ]);
    expect(JSON.stringify(await deliveries('BEARER'))).not.toContain(KEY);
  });

  it('say why one was refused, and have no job', async () => {
    await send('BEARER', 'x', { authorization: 'Bearer wrong' });
    const refused = await newest('BEARER');
    expect(refused).toMatchObject({ status: 401, job: null, can_be_redelivered: false });
    expect(refused.verdict.at(-1)).toMatchObject({ step: 'authentication', ok: false });
    const answer = await again('BEARER', refused.id);
    expect([answer.status, answer.body]).toMatchObject([409, { error: { code: 'not_redelivered' } }]);
  });

  it('that were refused push out neither the others nor more than themselves', async () => {
    await send('RATED', 'kept');
    for (let count = 0; count < 30; count += 1) await send('RATED');
    const all = await deliveries('RATED');
    expect(all.map(({ body }) => body)).toContain('kept');
    expect(all.filter(({ job }) => job === null)).toHaveLength(20);
  });

  it('that were refused of one address do not push out those of another', async () => {
    await send('BEARER', 'honest', { authorization: 'Bearer mistyped', 'x-forwarded-for': '192.0.2.1' });
    const flood = { authorization: 'Bearer guessed', 'x-forwarded-for': '198.51.100.9' };
    for (let count = 0; count < 100; count += 1) await send('BEARER', 'x', flood);
    const sent = await deliveries('BEARER');
    expect(sent.filter(({ job }) => job === null)).toHaveLength(20);
    expect(sent.map(({ remote_addr }) => remote_addr)).toContain('192.0.2.1');
    await send('BEARER', 'later', { authorization: 'Bearer mistyped', 'x-forwarded-for': '192.0.2.2' });
    expect((await newest('BEARER')).remote_addr).toBe('192.0.2.2');
  });

  it('of a webhook without any key of the edge are not kept', async () => {
    expect((await send('OPEN')).status).toBe(200);
    expect(await deliveries('OPEN')).toEqual([]);
  });

  it('are of webhooks only', async () => {
    const route = '/projects/edge/triggers/CLICK';
    const answers = [
      await instance.call('GET', `${route}/deliveries`),
      await instance.call('POST', `${route}/deliveries/x/redeliver`),
    ];
    for (const answer of answers)
      expect(answer).toMatchObject({ status: 409, body: { error: { code: 'not_a_webhook' } } });
  });

  it('are delivered again as a new job, by whoever wished it', async () => {
    await send('SMALL', 'one more');
    const first = await newest('SMALL');
    const { body } = await again('SMALL', first.id);
    expect(body.job).toMatchObject({ status: 'done', result: { text: 'one more' } });
    expect(body.job.id).not.toBe(first.job);
    expect(await newest('SMALL')).toMatchObject({ job: body.job.id, redelivery_of: first.id });
    expect((await newest('SMALL')).redelivered_by).not.toBeNull();
    expect((await again('SMALL', 'nothing')).status).toBe(404);
  });
});

describe('a webhook that is queued', () => {
  const queue = async (body: string, id: string) => {
    const response = await send('QUEUED', body, { 'x-id': id, authorization: 'Bearer of-the-caller' });
    return { status: response.status, text: await response.text() };
  };
  const queued = async (body: string, id: string): Promise<string> =>
    JSON.parse((await queue(body, id)).text).job;

  it('is answered 202 with its job, whose handler gets the whole request', async () => {
    const { status, text } = await queue('whole', 'q1');
    expect(status).toBe(202);
    const job = await ended(JSON.parse(text).job);
    expect(job).toMatchObject({ status: 'done', result: { text: 'whole', auth: 'Bearer of-the-caller' } });
    expect(job.input).toMatchObject({ body: 'whole', headers: { authorization: '***' } });
    const { items } = await instance.runtime.store.listLedger({ job: job.id }, { limit: 9 });
    expect(items).toMatchObject([{ kind: 'webhook_answer', status: 202 }]);
    expect((await instance.runtime.store.getJob(job.id))?.args).toBeNull();
  });

  it('is taken once, however often it comes at once', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => queue('x', 'q2')));
    const statuses = answers.map(({ status }) => status).toSorted();
    expect(statuses).toEqual([...Array.from({ length: 9 }, () => 200), 202]);
  });

  it('is tried again as its task says', async () => {
    const job = await ended(await queued('again', 'q3'));
    expect(job).toMatchObject({ status: 'done', attempt: 2 });
  });

  it('is delivered again into the queue', async () => {
    await queue('twice', 'q4');
    const { body } = await again('QUEUED', (await newest('QUEUED')).id);
    expect(await ended(body.job.id)).toMatchObject({ result: { text: 'twice' } });
  });

  it('is cancelled while it waits, and nothing of its request stays but the masked copy', async () => {
    const id = await queued('again', 'q5');
    await until('the job waits for its second attempt', async () => {
      const { status, attempt } = await jobOf(id);
      return status === 'queued' && attempt === 1;
    });
    expect((await instance.call('POST', `/jobs/${id}/cancel`)).status).toBe(200);
    expect(await instance.runtime.store.getJob(id)).toMatchObject({ args: null, input_whole: 0 });
  });

  it('is kept sealed through a restart, and then run with the whole request', async () => {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'sluice-'));
    try {
      const before = await startInstance({ dataDir });
      const { QUEUED = '' } = await before.deploy('edge', EDGE_FILES);
      const response = await fetch(QUEUED, { method: 'POST', body: 'again', headers: { 'x-id': 'r' } });
      const { job: id } = (await response.json()) as { job: string };
      const { store } = before.runtime;
      await until('the job waits for its second attempt', async () => {
        const job = await store.getJob(id);
        return job?.status === 'queued' && job.attempt === 1;
      });
      const sealed = (await store.getJob(id))?.args ?? '';
      expect(Buffer.from(JSON.parse(sealed)[1], 'base64').includes('again')).toBe(false);
      await before.stop();

      const after = await startInstance({ dataDir });
      const job = await waitFor(async () => {
        const found = await after.runtime.store.getJob(id);
        return found?.finished_at === null ? undefined : found;
      });
      await after.stop();
      expect(job).toMatchObject({ status: 'done', attempt: 2 });
      expect(JSON.parse(job.result ?? '')).toMatchObject({ text: 'again' });
    } finally {
      await rm(dataDir, { recursive: true });
    }
  });
});
