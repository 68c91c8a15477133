import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { beginNode, type ServedNode } from '../support/nodes/served-node.ts';
import { type PostgresServer, startPostgres } from '../support/postgres/server.ts';
import { until, waitFor } from '../support/wait-for.ts';

const FILES = {
  'project.yaml': `name: Away
slug: away
active: true
tasks:
  - name: Task
    code: tasks/t.ts
    limits: { timeout: 60s }
    triggers:
      - { type: webhook, name: HOOK }
      - { type: button, name: GO }
      - { type: cron, name: TICK, every: 1 second }
`,
  'tasks/t.ts': `
    const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    export async function handle_webhook(httprequest: HttpRequest) {
      await pause(Number(httprequest.args.seconds ?? 0));
      return "handled";
    }
    export async function handle_cron() {}
    export async function handle_button(data: { seconds: number; call?: boolean }) {
      await pause(data.seconds);
      if (data.call) await registers.increment("calls", "n");
      return "ended";
    }`,
};

interface Job {
  readonly id: string;
  readonly status: string;
  readonly attempt: number;
  readonly result: unknown;
}

describe('a node whose database is away', () => {
  let server: PostgresServer;
  let node: ServedNode;
  let hook: string;

  beforeAll(async () => {
    server = await startPostgres({ careful: true });
    node = await beginNode(server.url, ['--lease', '60']).ready;
    const { body } = await node.call<{ webhooks: Record<string, string> }>('PUT', '/projects/away', {
      files: FILES,
    });
    hook = body.webhooks.HOOK ?? '';
  }, 60_000);
  afterAll(async () => {
    await node.stop();
    await server.stop();
  });

  const click = async (data: unknown) =>
    (await node.call<{ job: Job }>('POST', '/projects/away/triggers/GO/run', { data })).body.job.id;
  const job = async (id: string) => (await node.call<Job>('GET', `/jobs/${id}`)).body;
  const isRunning = (id: string) => until('it runs', async () => (await job(id)).status === 'running');
  const ready = () => fetch(`${node.url}/readyz`);
  const lines = (about: RegExp) => node.process.stderr().match(new RegExp(about, 'gm'))?.length ?? 0;

  it('answers 503, keeps what ended meanwhile, and goes on when it is back', async () => {
    const id = await click({ seconds: 1 });
    const calling = await click({ seconds: 1, call: true });
    await Promise.all([isRunning(id), isRunning(calling)]);
    const handled = fetch(`${hook}?seconds=1`);
    await until('the webhook runs', async () => {
      const { body } = await node.call<{ items: readonly Job[] }>('GET', '/jobs?trigger=HOOK&status=running');
      return body.items.length === 1;
    });
    await server.end('SIGQUIT');

    await until('it is not ready', async () => (await ready()).status === 503, 10_000);
    expect(await (await ready()).json()).toEqual({ status: 'store_unavailable', since: expect.any(String) });
    expect((await fetch(`${node.url}/healthz`)).status).toBe(200);
    for (const refused of [await handled, await fetch(hook)]) {
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
      expect(await refused.text()).not.toMatch(/handled|127\.0\.0\.1|ECONN/);
    }
    const answer = await node.call<{ error: { code: string } }>('GET', '/jobs');
    expect([answer.status, answer.body.error.code]).toEqual([503, 'store_unavailable']);
    expect(answer.headers.get('retry-after')).toBe('5');
    const stranger = await fetch(`${node.url}/api/v1/jobs`, {
      headers: { authorization: 'Bearer nobody-knows-me' },
    });
    expect([stranger.status, await stranger.text()]).toEqual([
      503,
      expect.not.stringMatching(/ECONN|127\.0/),
    ]);

    await server.begin();
    await until('it is ready again', async () => (await ready()).status === 200, 10_000);
    const ended = await waitFor(
      async () => ((await job(id)).status === 'done' ? job(id) : undefined),
      15_000,
    );
    expect(ended).toMatchObject({ attempt: 1, result: 'ended' });
    const back = await waitFor(async () => {
      const now = await job(calling);
      return now.status === 'running' ? undefined : now;
    }, 15_000);
    expect(back).toMatchObject({ status: 'queued', attempt: 1 });
    expect(await (await fetch(hook)).text()).toBe('handled');
    const ticks = async () => (await node.call<{ items: readonly Job[] }>('GET', '/jobs?trigger=TICK')).body;
    const before = (await ticks()).items[0]?.id;
    await until('cron goes on', async () => (await ticks()).items[0]?.id !== before, 10_000);
    expect([lines(/The database is lost/), lines(/The database is back/)]).toEqual([1, 1]);
    expect(lines(/cannot be claimed/)).toBeLessThanOrEqual(1);
    expect(lines(/Cron triggers cannot be started/)).toBeLessThanOrEqual(1);
  }, 90_000);

  it('stops soon when it is told to', async () => {
    await server.end();
    await until('it is not ready', async () => (await ready()).status === 503, 10_000);
    const began = Date.now();
    expect(await node.stop()).toBe(0);
    expect(Date.now() - began).toBeLessThan(15_000);
    await server.begin();
  }, 60_000);
});
