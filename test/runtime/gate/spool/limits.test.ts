import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { SPOOL_LIMITS, type SpoolLimits } from '../../../../runtime/gate/limits.ts';
import { bomb, endless } from '../../../support/adversary.ts';
import { failureOf, keptBody, openTestGate, projectWith } from '../../../support/gate.ts';
import { bodyOf, startHttpServer, startTcpServer, type TestServer } from '../../../support/http-server.ts';
import { openFiles } from '../../../support/processes.ts';
import { until } from '../../../support/wait-for.ts';

const MB = 1024 * 1024;
const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';

/** `/N`: a body of N bytes. */
const startSizes = (): Promise<TestServer> =>
  startHttpServer(async (request, response) => {
    if (request.method === 'PUT') await bodyOf(request);
    response.end(Buffer.alloc(Number(request.url?.slice(1)), 'x'));
  });

const openFor = (server: TestServer, limits: Partial<SpoolLimits> = {}, folder?: string) =>
  openTestGate({
    egress: { allow_private: [server.place] },
    spoolLimits: { ...SPOOL_LIMITS, ...limits },
    ...(folder === undefined ? {} : { spoolFolder: folder }),
  });

/** Files of the spool in this folder that this process holds open. */
const spooledIn = (folder: string): readonly string[] =>
  openFiles(process.pid).filter((file) => file.startsWith(`${folder}/sluice-body-`));

describe('a body that waits', () => {
  it('comes with its answer up to 64 KB, and waits above that', async () => {
    await using server = await startSizes();
    await using gate = openFor(server);
    expect((await gate.fetchUnread(`${server.url}/65536`)).body).toHaveLength(65_536);
    expect(keptBody(await gate.fetchUnread(`${server.url}/65537`))).toMatchObject({ size: 65_537 });
  });

  it('can be read up to 16 MB; a larger one can be handed on', async () => {
    await using server = await startSizes();
    await using gate = openFor(server);
    expect((await gate.fetch(`${server.url}/${16 * MB}`)).body).toHaveLength(16 * MB);
    const { handle } = keptBody(await gate.fetchUnread(`${server.url}/${16 * MB + 1}`));
    expect(await failureOf(gate.call('fetch_body', [{ handle, last: false }]))).toBe(
      'TypeError: The body is larger than 16777216 bytes, the most that a script can read. Hand it on unread: fetch(url, { method, body: response.body })',
    );
    await gate.fetch(`${server.url}/1`, { method: 'PUT', body: { handle, last: true } });
    expect((await gate.rows()).at(-1)).toMatchObject({ bytes: 16 * MB + 1, status: 200 });
  });

  it('is at most as large as 256 MB, 512 MB for a project and 2 GB for all', () => {
    expect(SPOOL_LIMITS).toEqual({ body: 256 * MB, project: 512 * MB, all: 2048 * MB, ms: 900_000 });
  });

  it.each([
    ['has no end', endless(CHUNKED, `1000\r\n${'x'.repeat(4096)}\r\n`)],
    [
      'is a bomb',
      (socket: import('node:net').Socket) => {
        const body = bomb('gzip');
        socket.write(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${body.length}\r\n\r\n`);
        socket.write(body);
      },
    ],
    [
      'is a bomb in a bomb',
      (socket: import('node:net').Socket) => {
        const body = gzipSync(bomb('gzip'));
        socket.write(
          `HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip\r\nContent-Length: ${body.length}\r\n\r\n`,
        );
        socket.write(body);
      },
    ],
  ])('is refused and leaves nothing when it %s', async (_kind, trick) => {
    await using server = await startTcpServer((socket) => void socket.on('data', () => trick(socket, '')));
    await using gate = openFor(server, { body: 5 * MB, project: 5 * MB + 256 * 1024 });
    // Three times: room that was not given back would be missing.
    for (let time = 0; time < 3; time += 1) {
      expect(await failureOf(gate.fetch(server.url, { headers: [['accept-encoding', 'gzip']] }))).toBe(
        `TypeError: fetch failed: a body larger than ${5 * MB} bytes from ${server.place}`,
      );
    }
    await until('its connections are closed', () => server.connections.size === 0);
  });

  it('is given up when it takes too long, however quickly its pieces come', async () => {
    await using server = await startTcpServer((socket) => {
      socket.write(CHUNKED);
      const timer = setInterval(() => socket.write('1\r\nx\r\n'), 5);
      socket.on('close', () => clearInterval(timer));
    });
    await using gate = openFor(server, { ms: 200 });
    expect(await failureOf(gate.fetch(server.url))).toBe(
      `TypeError: fetch failed: a body that took longer than 0.2 seconds from ${server.place}`,
    );
    await until('its connection is closed', () => server.connections.size === 0);
  });
});

describe('the room for bodies', () => {
  const FULL =
    /^BusyError: Bodies of answers that this project has not read yet, or is sending on, take more than/;

  it('is bounded for a project, and comes back once a body was read, let go or lost with its job', async () => {
    await using server = await startSizes();
    await using gate = openFor(server, { project: 3 * MB });
    const job = new AbortController();
    const origin = { signal: job.signal };
    const ask = () => gate.fetchUnread(`${server.url}/${MB}`, {}, origin);
    const [one, two] = [keptBody(await ask()), keptBody(await ask()), await ask()];
    expect(await failureOf(ask())).toMatch(FULL);
    await gate.call('fetch_body', [{ handle: one.handle, last: true }], origin);
    await gate.call('fetch_cancel', [{ handle: two.handle }], origin);
    await until('there is room for two', async () =>
      (await Promise.allSettled([ask(), ask()])).every(({ status }) => status === 'fulfilled'),
    );
    job.abort(new Error('The job has ended.'));
    await until(
      'there is room again',
      async () => (await gate.fetchUnread(`${server.url}/${2 * MB}`)) !== undefined,
    );
  });

  it('is bounded for all projects together', async () => {
    await using server = await startSizes();
    await using gate = openFor(server, { project: 2 * MB, all: 3 * MB });
    const other = projectWith({ egress: { allow_private: [server.place] } });
    const project = { ...other, project: { ...other.project, id: 'another project' } };
    await gate.fetchUnread(`${server.url}/${2 * MB}`);
    expect(await failureOf(gate.fetchUnread(`${server.url}/${2 * MB}`, {}, { project }))).toBe(
      'BusyError: The bodies of answers that wait on this server take all the room there is for them. Try again later.',
    );
    expect(await failureOf(gate.fetchUnread(`${server.url}/${MB}`))).toMatch(FULL);
  });

  it('counts a small body with 256 KB, as it holds a file open', async () => {
    await using server = await startSizes();
    await using gate = openFor(server, { project: MB });
    for (let index = 0; index < 4; index += 1) await gate.fetchUnread(`${server.url}/70000`);
    expect(await failureOf(gate.fetchUnread(`${server.url}/70000`))).toMatch(FULL);
  });

  it.runIf(existsSync('/proc/self/fd'))(
    'has no name on the disk, and no file is open once the gate is closed',
    async () => {
      await using server = await startSizes();
      const gate = openFor(server);
      const { dir } = gate;
      await gate.fetchUnread(`${server.url}/${MB}`);
      expect(spooledIn(dir)).toHaveLength(1);
      expect(readdirSync(dir).filter((name) => !name.startsWith('sluice.'))).toEqual([]);
      await gate[Symbol.asyncDispose]();
      await until('its files are closed', () => spooledIn(dir).length === 0);
    },
  );

  it('is cleared of what a process left that was killed between two steps', async () => {
    await using server = await startSizes();
    await using gate = openFor(server);
    const { dir } = gate;
    for (const name of ['sluice-body-left', 'not-of-the-spool']) writeFileSync(join(dir, name), 'x');
    await gate.fetchUnread(`${server.url}/${MB}`);
    expect(existsSync(join(dir, 'sluice-body-left'))).toBe(false);
    expect(existsSync(join(dir, 'not-of-the-spool'))).toBe(true);
  });

  it('that cannot be written is said to be the trouble of the server, without a path', async () => {
    await using server = await startSizes();
    await using gate = openFor(server, {}, join(import.meta.filename, 'here'));
    expect(await failureOf(gate.fetchUnread(`${server.url}/${MB}`))).toBe(
      'BusyError: The server cannot write the body of this answer to its disk. Tell an administrator.',
    );
  });
});
