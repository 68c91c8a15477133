import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusesStrangers } from '../support/access.ts';
import { ECHO_FILES } from '../support/echo-project.ts';
import { type Instance, startInstance } from '../support/instance.ts';

interface Listed {
  readonly items: readonly { readonly id: string }[];
  readonly next: string | null;
}
interface Ran {
  readonly job: { readonly id: string };
}

let instance: Instance;
let hook: string;
beforeAll(async () => {
  instance = await startInstance();
  ({ IN: hook = '' } = await instance.deploy('echo', ECHO_FILES));
});
afterAll(() => instance.stop());

const RUN = '/projects/echo/triggers/GO/run';
const press = (data: unknown, token?: string) => instance.call<Ran>('POST', RUN, { data, wait: 20 }, token);

describe('triggers', () => {
  refusesStrangers(
    () => instance,
    [
      ['POST', RUN, 'developer'],
      ['PATCH', '/projects/echo/triggers/GO', 'developer'],
      ['POST', '/projects/echo/triggers/IN/rotate', 'developer'],
    ],
  );

  it('of a button run, and with `wait` answer with the finished job', async () => {
    const { status, body } = await press({ a: 1 });
    expect(status).toBe(200);
    expect(body.job).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      project: 'echo',
      task: 'Echo',
      trigger: 'GO',
      description: null,
      trigger_type: 'button',
      function: 'handle_button',
      status: 'done',
      overall: 'done',
      attempt: 1,
      max_attempts: expect.any(Number),
      created_at: expect.stringMatching(/Z$/),
      planned_at: null,
      started_at: expect.stringMatching(/Z$/),
      finished_at: expect.stringMatching(/Z$/),
      duration_ms: expect.any(Number),
      cpu_ms: expect.any(Number),
      version: 1,
      user: { id: null, name: 'admin', login: 'admin', role: 'manager' },
      input: { a: 1 },
      result: { pressed: { a: 1 }, greeting: 'Hello World' },
      error: null,
      parent_id: null,
      children: [],
    });
  });

  it('of a button take its own data when none is given, and answer at once without `wait`', async () => {
    const { body } = await instance.call<Ran>('POST', RUN);
    expect(body.job).toMatchObject({ input: { n: 1 } });
  });

  it('of a webhook cannot be run', async () => {
    const { status } = await instance.call('POST', '/projects/echo/triggers/IN/run', {});
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
  });

  it('are switched off and on', async () => {
    const off = await instance.call('PATCH', '/projects/echo/triggers/IN', { active: false });
    expect(off.body).toEqual({
      name: 'IN',
      type: 'webhook',
      task: 'Echo',
      active: false,
      url: hook,
      next: null,
    });
    expect((await fetch(hook)).status).toBe(404);
    await instance.call('PATCH', '/projects/echo/triggers/IN', { active: true });
    expect((await fetch(hook)).status).toBe(200);
  });

  it('of a webhook get a new path, and the old one ends', async () => {
    const { body } = await instance.call<{ url: string }>('POST', '/projects/echo/triggers/IN/rotate');
    expect(body.url).not.toBe(hook);
    expect((await fetch(hook)).status).toBe(404);
    expect((await fetch(body.url)).status).toBe(200);
    hook = body.url;
  });

  it('that do not exist are 404', async () => {
    expect((await instance.call('POST', '/projects/echo/triggers/NONE/run', {})).status).toBe(404);
    expect((await instance.call('POST', '/projects/echo/triggers/GO/rotate')).status).toBeGreaterThanOrEqual(
      400,
    );
  });
});

describe('jobs', () => {
  refusesStrangers(
    () => instance,
    [
      ['GET', '/jobs', 'user'],
      ['GET', '/jobs/x', 'user'],
      ['POST', '/jobs/x/retry', 'developer'],
      ['POST', '/jobs/x/cancel', 'developer'],
    ],
  );

  it('are listed newest first, in pages', async () => {
    for (const n of [1, 2, 3]) await press({ n });
    const seen: string[] = [];
    let after = '';
    do {
      const { body } = await instance.call<Listed>('GET', `/jobs?limit=2${after}`);
      expect(body.items.length).toBeLessThanOrEqual(2);
      seen.push(...body.items.map((job) => job.id));
      after = body.next === null ? '' : `&after=${encodeURIComponent(body.next)}`;
    } while (after !== '');
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBeGreaterThanOrEqual(3);
    expect(seen).toEqual([...seen].sort().reverse());
  });

  it.each([
    ['project=echo&trigger=GO', true],
    ['project=other', false],
    ['task=Echo&status=done', true],
    ['status=crashed', false],
    ['trigger=NONE', false],
    ['from=2020-01-01T00:00:00Z', true],
    ['to=2020-01-01T00:00:00Z', false],
  ])('are filtered by %s', async (query, some) => {
    await press({ n: 1 });
    const { body } = await instance.call<Listed>('GET', `/jobs?${query}`);
    expect(body.items.length > 0).toBe(some);
  });

  it('show why and where they failed', async () => {
    const { body } = await press({ fail: true });
    const shown = await instance.call('GET', `/jobs/${body.job.id}`);
    expect(shown.body).toMatchObject({
      status: 'failed',
      result: null,
      error: { name: 'Error', message: 'refused by protected code', limit: null, stack: expect.any(String) },
    });
  });

  it('are cancelled, retried as a new job, and not cancelled twice', async () => {
    const developer = await instance.tokenFor('developer');
    const { body } = await instance.call<Ran>('POST', RUN, { data: { stay: true } });
    const { id } = body.job;
    const cancelled = await instance.call<Ran>('POST', `/jobs/${id}/cancel`, undefined, developer);
    expect(cancelled).toMatchObject({
      status: 200,
      body: { job: { id, status: 'cancelled', error: { message: 'test developer cancelled the job.' } } },
    });
    expect(await instance.call('POST', `/jobs/${id}/cancel`)).toMatchObject({
      status: 409,
      body: { error: { code: 'job_finished' } },
    });
    const again = await instance.call<Ran>('POST', `/jobs/${id}/retry`, undefined, developer);
    expect(again).toMatchObject({
      status: 200,
      body: { job: { input: { stay: true }, attempt: 0, user: { name: 'test developer' } } },
    });
    expect(again.body.job.id).not.toBe(id);
    await instance.call('POST', `/jobs/${again.body.job.id}/cancel`);
  });

  it.each(['x', '00000000-0000-7000-8000-000000000000', '%00', "'"])(
    '%s that do not exist are 404',
    async (id) => {
      expect((await instance.call('GET', `/jobs/${id}`)).status).toBe(404);
    },
  );
});

describe('the ledger', () => {
  refusesStrangers(() => instance, [['GET', '/outgoing', 'user']]);

  it('has what a webhook answered', async () => {
    await fetch(hook, { method: 'POST', body: 'hi' });
    const { body } = await instance.call<{ items: readonly object[] }>(
      'GET',
      '/outgoing?project=echo&limit=1',
    );
    expect(body.items[0]).toMatchObject({
      kind: 'webhook_answer',
      project: 'echo',
      task: 'Echo',
      trigger: 'IN',
      method: 'POST',
      status: 200,
      recipient: '127.0.0.1',
      bytes: expect.any(Number),
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      at: expect.stringMatching(/Z$/),
      seq: expect.any(Number),
      hash: expect.any(String),
    });
    expect(JSON.stringify(body)).not.toContain(hook.split('/').at(-1));
  });
});
