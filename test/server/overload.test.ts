import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiShares } from '../../server/api-shares.ts';
import { listen } from '../../server/listen.ts';
import { watchLoopDelay } from '../../server/loop-delay.ts';
import { actor } from '../support/deploys.ts';
import { type Instance, startInstance } from '../support/instance.ts';
import { sendRaw } from '../support/raw-http.ts';

const FILES = (slug: string) => ({
  'project.yaml': `name: ${slug}
slug: ${slug}
active: true
tasks:
  - name: Wait
    code: tasks/wait.js
    triggers: [{type: webhook, name: IN}]
`,
  'tasks/wait.js': `
    const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    export async function handle_webhook(request) { await sleep(Number(request.args.ms ?? 0)); return 'ok'; }`,
});

let instance: Instance;
const hooks: Record<string, string> = {};
beforeAll(async () => {
  const flags = { max_project_webhooks: '5', max_webhooks: '100', max_webhook_bytes: '4MB', max_body: '2MB' };
  instance = await startInstance({ flags });
  for (const slug of ['flooded', 'neighbour']) {
    hooks[slug] = (await instance.deploy(slug, FILES(slug))).IN ?? '';
  }
});
afterAll(() => instance.stop());

describe('a project at its bound', () => {
  it('is answered 503 with Retry-After and without a job, while its neighbour is served', async () => {
    const flood = Array.from({ length: 20 }, () => fetch(`${hooks.flooded}?ms=1500`));
    const refused = await Promise.any(
      flood.map(async (call) => {
        const response = await call;
        if (response.status !== 503) throw new Error('served');
        return response;
      }),
    );
    expect(refused.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    expect(await refused.text()).toBe('Too much is under way here. Call again in 1 s.\n');
    expect((await fetch(hooks.neighbour ?? '')).status).toBe(200);
    expect((await fetch(`${instance.url}/healthz`)).status).toBe(200);

    const statuses = (await Promise.all(flood)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(5);
    expect(statuses.filter((status) => status === 503)).toHaveLength(15);
    const jobs = await instance.call<{ items: unknown[] }>('GET', '/jobs?project=flooded');
    expect(jobs.body.items).toHaveLength(5);
    expect(instance.log.filter((line) => line.includes('--max-project-webhooks'))).toHaveLength(1);
    expect((await fetch(hooks.flooded ?? '')).status).toBe(200);
  });

  it('of bytes is refused before its body is read', async () => {
    const { pathname } = new URL(hooks.flooded ?? '');
    const head = (length: number, more = '') =>
      `POST ${pathname} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${length}\r\n${more}\r\n`;
    const { hostname, port } = new URL(instance.url);
    const slow = connect(Number(port), hostname, () =>
      slow.write(head(2 * 1024 ** 2, 'Expect: 100-continue\r\n')),
    );
    expect(String((await once(slow, 'data'))[0])).toMatch(/^HTTP\/1\.1 100 /);
    const answer = await sendRaw(instance.url, head(1024 ** 2));
    expect(answer).toMatch(/^HTTP\/1\.1 503 /);
    expect(answer).toMatch(/Retry-After: \d+\r\n/i);
    slow.destroy();
    await expect
      .poll(
        async () =>
          (await fetch(hooks.flooded ?? '', { method: 'POST', body: 'x'.repeat(1024 ** 2) })).status,
      )
      .toBe(200);
  });
});

describe('calls that wait for a job', () => {
  it('are bounded for each token, so that others may wait too', async () => {
    const shares = createApiShares();
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const wait = (id: string) => shares.whileWaiting({ ...actor('developer'), id }, () => ended);
    const waiting = Array.from({ length: 100 }, () => wait('a'));
    await expect(wait('a')).rejects.toMatchObject({ code: 'too_much_under_way', status: 503 });
    const other = wait('b');
    end();
    await Promise.all([...waiting, other]);
    await wait('a');
  });
});

describe('bodies sent to the API', () => {
  it('are bounded together for each token', async () => {
    const shares = createApiShares();
    const size = String(32 * 1024 ** 2);
    const request = new Request('http://x', {
      method: 'PUT',
      body: 'x',
      headers: { 'content-length': size },
    });
    const send = (id: string) =>
      shares.withBody({ ...actor('developer'), id }, request, () => new Promise(() => {}));
    for (let n = 0; n < 4; n += 1) void send('a');
    await expect(send('a')).rejects.toMatchObject({ status: 503 });
    const sent = await Promise.race([send('b'), Promise.resolve('taken')]);
    expect(sent).toBe('taken');
  });
});

describe('a caller that sends too slowly', () => {
  it.each([
    ['the head', 'GET / HTTP/1.1\r\nHost: x\r\n'],
    ['the body', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc'],
  ])('%s is answered 408', async (_what, bytes) => {
    const patience = { headersMs: 200, requestMs: 400, checkedEveryMs: 50 };
    const listener = await listen('127.0.0.1', 0, patience);
    listener.serve((request) => request.resume());
    expect(await sendRaw(listener.url, bytes)).toMatch(/^HTTP\/1\.1 408 /);
    await listener.close(0);
  });
});

describe('the delay of the event loop', () => {
  it('is seen while the server is late for a while, and forgotten soon after', async () => {
    const delay = watchLoopDelay();
    const turn = () => new Promise((resolve) => setTimeout(resolve, 1));
    for (let n = 0; n < 6; n += 1) {
      const end = performance.now() + 600;
      while (performance.now() < end);
      await turn();
    }
    expect(delay.ms).toBeGreaterThan(200);
    await expect.poll(() => delay.ms, { timeout: 20_000 }).toBeLessThan(100);
    delay.stop();
  }, 60_000);
});
