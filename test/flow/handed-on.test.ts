import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHttpServer, type TestServer } from '../support/http-server.ts';
import { descendants, openFiles, residentBytes, type SeenProcess } from '../support/processes.ts';
import { type ServerProcess, startProcess } from '../support/server-process.ts';
import { until } from '../support/wait-for.ts';

const MB = 1024 * 1024;
const SIZE = 192 * MB;
const TOKEN = 'a-manager-token-for-bodies';
const LOOK_EVERY_MS = 10;

const PROTECTED = `
export async function copy(from: string, to: string) {
  const answer = await fetch(from);
  const sent = await fetch(to, { method: 'PUT', body: answer.body, duplex: 'half' });
  return [answer.status, sent.status, answer.bodyUsed, await answer.text().catch(String)];
}
export async function copyInRequest(from: string, to: string) {
  const { body } = await fetch(from);
  return (await fetch(new Request(to, { method: 'PUT', body, duplex: 'half' }))).status;
}
export const read = async (from: string) => (await fetch(from)).text().then((text) => text.length, String);
export const forged = async (to: string) =>
  (await fetch(to, { method: 'PUT', body: { handle: '00000000-0000-4000-8000-000000000000', last: true } as any })).status;
`;
const TASK = `
export const handle_button = ({ how, args }: { how: string, args: string[] }) =>
  how === 'copy' ? copy(...args) : how === 'request' ? copyInRequest(...args) : how === 'read' ? read(...args) : forged(...args);
`;

const dir = mkdtempSync(path.join(tmpdir(), 'sluice-handed-on-'));
const data = path.join(dir, 'data');
let server: ServerProcess;
let url = '';
/** Gives \`/SIZE\` bytes. */
let from: TestServer;
/** Keeps hashes of what it is sent; waits with \`/held\` once it has the first byte. */
let to: TestServer;

const piece = Buffer.alloc(MB, 'one piece of a large body; ');
const received: { readonly bytes: number; readonly sha256: string; readonly first: unknown }[] = [];
let isHeld = false;

function* pieces(size: number): Generator<Buffer> {
  for (let left = size; left > 0; left -= piece.length) yield piece.subarray(0, left);
}

const give = (request: IncomingMessage, response: ServerResponse): void =>
  void Readable.from(pieces(Number(request.url?.slice(1)))).pipe(response);

async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const hash = createHash('sha256');
  let bytes = 0;
  let first: unknown;
  for await (const part of request) {
    if (bytes === 0) first = (await call<{ items: unknown[] }>('GET', '/outgoing?limit=1')).items[0];
    bytes += part.length;
    hash.update(part);
    if (request.url === '/held') {
      isHeld = true;
      await once(request, 'close');
    }
  }
  received.push({ bytes, sha256: hash.digest('hex'), first });
  response.writeHead(201).end();
}

async function call<Body>(verb: string, route: string, body?: unknown): Promise<Body> {
  const answer = await fetch(`${url}/api/v1${route}`, {
    method: verb,
    headers: { authorization: `Bearer ${TOKEN}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const parsed = await answer.json();
  if (!answer.ok) throw new Error(JSON.stringify(parsed));
  return parsed as Body;
}

interface JobSeen {
  readonly status: string;
  readonly result: unknown;
  readonly error: unknown;
}

const run = async (how: string, ...args: string[]): Promise<JobSeen> =>
  (
    await call<{ job: JobSeen }>('POST', '/projects/mover/triggers/MOVE/run', {
      data: { how, args },
      wait: 120,
    })
  ).job;

async function start(): Promise<void> {
  server = startProcess(['serve', '--port', '0', '--data', data], {
    env: { HOME: dir, SLUICE_ADMIN_TOKEN: TOKEN },
  });
  url = await server.listening();
}

beforeAll(async () => {
  from = await startHttpServer(give);
  to = await startHttpServer((request, response) => void take(request, response).catch(() => {}));
  await start();
  await call('PUT', '/projects/mover', {
    files: {
      'project.yaml': `
name: Mover
slug: mover
active: true
egress: { allow_private: ["${from.place}", "${to.place}"] }
tasks: [{name: Move, code: tasks/move.ts, active: true, triggers: [{type: button, name: MOVE}], limits: {timeout: 2m}}]
`,
      'protected.ts': PROTECTED,
      'tasks/move.ts': TASK,
    },
  });
}, 60_000);
afterAll(async () => {
  server.child.kill('SIGKILL');
  await server.ended;
  await from[Symbol.asyncDispose]();
  await to[Symbol.asyncDispose]();
  rmSync(dir, { recursive: true });
});

/** Bytes that a process has read and written since it began; undefined when it is gone. */
function movedBytes(pid: number): number | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/io`, 'utf8');
    return [/rchar: (\d+)/, /wchar: (\d+)/].reduce((sum, field) => sum + Number(field.exec(text)?.[1]), 0);
  } catch {
    return undefined;
  }
}

const isRunner = ({ command }: SeenProcess): boolean => command.at(-1) === 'runner';

/** What the server and its children take at most while something goes on, and what goes through the runners that were there. */
async function watch<Value>(work: () => Promise<Value>) {
  const pid = server.child.pid ?? 0;
  const children = descendants(pid)
    .filter(isRunner)
    .map((child) => child.pid);
  const begin = new Map(children.map((each) => [each, movedBytes(each) ?? 0]));
  const inMemory = () =>
    [pid, ...descendants(pid).map((child) => child.pid)].map(residentBytes).reduce((a, b) => a + b, 0);
  const before = inMemory();
  let most = before;
  const looking = setInterval(() => {
    most = Math.max(most, inMemory());
  }, LOOK_EVERY_MS);
  try {
    const value = await work();
    const through = [...begin].map(([child, moved]) => (movedBytes(child) ?? moved) - moved);
    return { value, grown: most - before, through: Math.max(...through) };
  } finally {
    clearInterval(looking);
  }
}

describe.runIf(existsSync('/proc/self/io'))('a body that Protected Code hands on', () => {
  it('goes from server to server without entering a process of the sandbox, and through little memory', async () => {
    // Processes are there, and have what they take anyway.
    await run('copy', `${from.url}/${MB}`, `${to.url}/small`);
    received.length = 0;
    const { value, grown, through } = await watch(() =>
      run('copy', `${from.url}/${SIZE}`, `${to.url}/large`),
    );
    const used = 'TypeError: Body is unusable: Body has already been read';
    expect(value).toMatchObject({ status: 'done', result: [200, 201, true, used] });
    console.log(
      `${SIZE / MB} MB: ${through} bytes through a runner, ${Math.round(grown / MB)} MB more memory`,
    );
    expect(through).toBeLessThan(MB);
    expect(grown).toBeLessThan(SIZE / 2);

    const [row] = (await call<{ items: { sha256: string }[] }>('GET', '/outgoing?limit=1')).items;
    const [got] = received;
    expect(got?.bytes).toBe(SIZE);
    expect(row).toMatchObject({ method: 'PUT', bytes: SIZE, sha256: got?.sha256, status: 201 });
    expect(got?.first).toMatchObject({ method: 'PUT', bytes: SIZE, sha256: got?.sha256, status: null });
  }, 120_000);

  it('goes in a Request too', async () => {
    received.length = 0;
    expect(await run('request', `${from.url}/${3 * MB}`, `${to.url}/in`)).toMatchObject({
      status: 'done',
      result: 201,
    });
    expect(received).toMatchObject([{ bytes: 3 * MB }]);
  });

  it('is read when code asks for it, up to 16 MB', async () => {
    expect(await run('read', `${from.url}/${16 * MB}`)).toMatchObject({ status: 'done', result: 16 * MB });
    expect(await run('read', `${from.url}/${17 * MB}`)).toMatchObject({
      status: 'done',
      result: expect.stringContaining('TypeError: The body is larger than 16777216 bytes'),
    });
  });

  it('is nothing that code can make up', async () => {
    received.length = 0;
    expect(await run('forged', `${to.url}/in`)).toMatchObject({ status: 'done', result: 201 });
    expect(received).toMatchObject([{ bytes: '[object Object]'.length }]);
  });

  it('leaves no file when the server is killed while it waits and is sent', async () => {
    const running = run('copy', `${from.url}/${32 * MB}`, `${to.url}/held`).catch(() => {});
    await until('the body is on its way', () => isHeld, 60_000);
    const spool = path.join(data, 'spool');
    expect(openFiles(server.child.pid ?? 0).filter((file) => file.startsWith(spool))).toHaveLength(1);
    expect(readdirSync(spool)).toEqual([]);
    server.child.kill('SIGKILL');
    await server.ended;
    await running;
    expect(readdirSync(spool)).toEqual([]);
  }, 120_000);
});
