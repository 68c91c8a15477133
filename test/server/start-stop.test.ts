import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { ECHO_FILES } from '../support/echo-project.ts';
import { descendants, isAlive } from '../support/processes.ts';
import { LAUNCHER, type ServerProcess, startProcess } from '../support/server-process.ts';
import { until, waitFor } from '../support/wait-for.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'sluice-start-'));
const started: ServerProcess[] = [];
let count = 0;

afterEach(() => {
  for (const { child } of started.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rmSync(dir, { recursive: true }));

const newDataDir = () => path.join(dir, `data-${count++}`);

function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): ServerProcess {
  const server = startProcess(['serve', ...args], { cwd: dir, env });
  started.push(server);
  return server;
}
const serve = (dataDir: string, env?: Readonly<Record<string, string>>) =>
  start(['--data', dataDir, '--port', '0'], env);

const childrenOf = (server: ServerProcess) => descendants(server.child.pid ?? 0);

async function stop(server: ServerProcess): Promise<number | string> {
  server.child.kill('SIGTERM');
  return server.ended;
}

describe('a start', () => {
  it('says where it listens and what to do next, and the demo answers', async () => {
    const dataDir = newDataDir();
    const server = serve(dataDir);
    const url = await server.listening();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const curl = await waitFor(() => /curl --json '(.+)' (\S+)/.exec(server.stdout()) ?? undefined);
    const [, body = '', hook = ''] = curl;
    const answer = await fetch(hook, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(200);
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: 'ok' });
    expect(await (await fetch(`${url}/readyz`)).json()).toEqual({ status: 'ok' });
    const aboutHost =
      /^\S+ (info The sandbox has|info Ledger checkpoint|warning Code that breaks out of its realm) .*\n/gm;
    expect(server.stderr()).toMatch(aboutHost);
    expect(server.stderr().replaceAll(aboutHost, '')).toBe('');
    expect(await stop(server)).toBe(0);
  });

  it('leaves a Manager token that only its owner can read, and keeps it', async () => {
    const dataDir = newDataDir();
    const first = serve(dataDir);
    await first.listening();
    await stop(first);
    const file = path.join(dataDir, 'local-token');
    const token = readFileSync(file, 'utf8').trim();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
    const second = serve(dataDir);
    const url = await second.listening();
    const answer = await fetch(`${url}/api/v1/tokens`, { headers: { authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(200);
    expect(second.stdout()).not.toContain(token);
  });

  it('takes the token of SLUICE_ADMIN_TOKEN instead', async () => {
    const token = 'token-from-the-environment';
    const server = serve(newDataDir(), { SLUICE_ADMIN_TOKEN: token });
    const url = await server.listening();
    const answer = await fetch(`${url}/api/v1/tokens`, { headers: { authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(200);
    expect(server.stdout() + server.stderr()).not.toContain(token);
    for (const { pid, command } of childrenOf(server)) {
      expect(command.join(' ')).not.toContain(token);
      expect(readFileSync(`/proc/${pid}/environ`, 'latin1')).not.toContain(token);
    }
  });

  it('reads sluice.yaml of its directory', async () => {
    const cwd = mkdtempSync(path.join(dir, 'cwd-'));
    writeFileSync(path.join(cwd, 'sluice.yaml'), 'port: 0\ndata: here\n');
    const server = startProcess(['serve'], { cwd });
    started.push(server);
    await server.listening();
    expect(statSync(path.join(cwd, 'here', 'sluice.db')).isFile()).toBe(true);
  });

  it('keeps projects, hooks and values of the last one', async () => {
    const dataDir = newDataDir();
    const env = { SLUICE_ADMIN_TOKEN: 'token-from-the-environment' };
    const headers = { authorization: `Bearer ${env.SLUICE_ADMIN_TOKEN}` };
    const first = serve(dataDir, env);
    const put = await fetch(`${await first.listening()}/api/v1/projects/echo`, {
      method: 'PUT',
      headers,
      body: JSON.stringify({ files: ECHO_FILES }),
    });
    const { webhooks } = (await put.json()) as { webhooks: { IN: string } };
    await stop(first);

    const second = serve(dataDir, env);
    const url = await second.listening();
    expect((await fetch(url + new URL(webhooks.IN).pathname)).status).toBe(200);
    const jobs = await fetch(`${url}/api/v1/jobs?project=echo`, { headers });
    expect(((await jobs.json()) as { items: unknown[] }).items).toHaveLength(1);
  });
});

describe('a start that cannot be', () => {
  it.each([
    [['--prot', '1'], {}, /--prot/],
    [['--port', '70000'], {}, /--port.*0 to 65535/],
    [['--config', 'none.yaml'], {}, /none\.yaml/],
    [[], { SLUICE_PORT: 'x' }, /SLUICE_PORT/],
    [[], { SLUICE_ADMIN_TOKEN: 'two words' }, /SLUICE_ADMIN_TOKEN/],
    [['--data', path.join(LAUNCHER, 'data')], {}, /cannot be made.*--data/],
    [['--host', '192.0.2.1', '--data', path.join(dir, 'host')], {}, /192\.0\.2\.1.*--host/],
  ])('with %j and %j ends with 2 and one sentence', async (args, env, message) => {
    const server = start(args, env);
    expect(await server.ended).toBe(2);
    expect(server.stderr()).toMatch(message);
    expect(server.stderr()).toMatch(/^sluice: .+\n$/);
    expect(server.stdout()).toBe('');
  });

  it('because the port is taken ends with 2, and leaves the data to others', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const dataDir = newDataDir();
    const server = start(['--data', dataDir, '--port', port]);
    expect(await server.ended).toBe(2);
    expect(server.stderr()).toMatch(new RegExp(`Port ${port} .* is in use.*--port`));
    other.close();
    const next = serve(dataDir);
    await next.listening();
  });

  it('because another server has the data ends with 2; a dead one does not count', async () => {
    const dataDir = newDataDir();
    const first = serve(dataDir);
    await first.listening();
    const second = serve(dataDir);
    expect(await second.ended).toBe(2);
    expect(second.stderr()).toMatch(/is in use by process \d+/);
    first.child.kill('SIGKILL');
    await first.ended;
    const third = serve(dataDir);
    await third.listening();
  });
});

const ENV = { SLUICE_ADMIN_TOKEN: 'token-from-the-environment' };
const LOGIN = { authorization: `Bearer ${ENV.SLUICE_ADMIN_TOKEN}` };

/** A server with runners and a reader of its database, and these. */
async function serveWithChildren() {
  const server = serve(newDataDir(), ENV);
  const url = await server.listening();
  expect((await fetch(`${url}/api/v1/jobs`, { headers: LOGIN })).status).toBe(200);
  const children = childrenOf(server);
  for (const role of ['runner', 'reader']) {
    expect(children.some(({ command }) => command.includes(role))).toBe(true);
  }
  return { server, children };
}

describe('a stop', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('by %s ends with 0 and leaves no process', async (signal) => {
    const { server, children } = await serveWithChildren();
    server.child.kill(signal);
    expect(await server.ended).toBe(0);
    await until('its children are gone', () => !children.some(({ pid }) => isAlive(pid)));
  });

  it('by SIGKILL leaves no process either', async () => {
    const { server, children } = await serveWithChildren();
    server.child.kill('SIGKILL');
    await server.ended;
    await until('its children are gone', () => !children.some(({ pid }) => isAlive(pid)));
  });
});

/** A server in which a webhook has started that takes `ms`. */
async function startBusy(ms: number) {
  const server = serve(newDataDir(), ENV);
  const url = await server.listening();
  const files = {
    'project.yaml': `
name: Slow
slug: slow
active: true
tasks: [{name: T, code: tasks/t.ts, triggers: [{type: webhook, name: IN}]}]
`,
    'tasks/t.ts': `
export async function handle_webhook() {
  log('started');
  await new Promise((resolve) => setTimeout(resolve, ${ms}));
  return 'finished';
}`,
  };
  const put = await fetch(`${url}/api/v1/projects/slow`, {
    method: 'PUT',
    headers: LOGIN,
    body: JSON.stringify({ files }),
  });
  const { webhooks } = (await put.json()) as { webhooks: { IN: string } };
  const answer = fetch(webhooks.IN);
  await until('the webhook has started', async () => {
    const logs = await fetch(`${url}/api/v1/logs?project=slow`, { headers: LOGIN });
    return ((await logs.json()) as { items: unknown[] }).items.length > 0;
  });
  return { server, url, hook: webhooks.IN, answer };
}

describe('a stop while a webhook runs', () => {
  it('lets it send its answer, and tells others to come back', async () => {
    const { server, url, hook, answer } = await startBusy(3000);
    server.child.kill('SIGTERM');
    await until('it is not ready', async () => (await fetch(`${url}/readyz`)).status === 503);
    const other = await fetch(hook);
    expect(other.status).toBe(503);
    expect(other.headers.get('retry-after')).toBe('5');
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect(await (await answer).text()).toBe('finished');
    expect(await server.ended).toBe(0);
    await expect(fetch(hook)).rejects.toThrow();
  });

  it('does not wait longer when told twice', async () => {
    const { server, url, answer } = await startBusy(25_000);
    const cut = expect(answer).rejects.toThrow();
    server.child.kill('SIGTERM');
    const first = performance.now();
    await until('it is not ready', async () => (await fetch(`${url}/readyz`)).status === 503);
    await until('the second one counts as another', () => performance.now() - first > 700);
    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(1);
    await cut;
  });
});
