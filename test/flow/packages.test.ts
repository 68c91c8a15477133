import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bodyOf, startHttpServer, type TestServer } from '../support/http-server.ts';
import { type Instance, startInstance } from '../support/instance.ts';

/** The folder whose node_modules holds `dropbox` and `zod`: this repository. */
const FOLDER = resolve(import.meta.dirname, '../..');

const PROTECTED = `
import { Dropbox } from 'dropbox';
import { z } from 'zod';

const Entries = z.array(z.object({ name: z.string().min(1), size: z.number().int().positive() }));

export async function list(path: string) {
  const { result } = await client().filesListFolder({ path });
  const parsed = Entries.safeParse(result.entries);
  if (!parsed.success) throw new ValidationError(z.prettifyError(parsed.error));
  return parsed.data;
}

function client() {
  const toStandIn = (url: string, options: RequestInit) =>
    fetch(url.replace('https://api.dropboxapi.com', params.DROPBOX), options);
  return new Dropbox({ accessToken: secrets.TOKEN, fetch: toStandIn });
}
`;
const TASK = 'export const handle_button = (path: string) => list(path);';

let dropbox: TestServer;
const seen: {
  readonly url: string | undefined;
  readonly token: string | undefined;
  readonly body: string;
}[] = [];
let instance: Instance;
let project: Readonly<Record<string, string>>;

beforeAll(async () => {
  dropbox = await startHttpServer(async (request, response) => {
    const body = (await bodyOf(request)).toString();
    seen.push({ url: request.url, token: request.headers.authorization, body });
    const size = body.includes('bad') ? -1 : 5;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ entries: [{ '.tag': 'file', name: 'a.txt', size }], has_more: false }));
  });
  instance = await startInstance({ flags: { packages: FOLDER } });
  project = {
    'project.yaml': `
name: Files
slug: files
active: true
params: [{key: DROPBOX, value: "${dropbox.url}"}]
secrets: [{key: TOKEN}]
egress: {allow_private: ["${dropbox.place}"]}
tasks: [{name: List, code: tasks/list.ts, active: true, triggers: [{type: button, name: LIST}]}]
`,
    'protected.ts': PROTECTED,
    'tasks/list.ts': TASK,
  };
});
afterAll(async () => {
  await instance.stop();
  await dropbox[Symbol.asyncDispose]();
});

const list = async (data: string) => {
  const { body } = await instance.call<{ job: Record<string, unknown> }>(
    'POST',
    '/projects/files/triggers/LIST/run',
    { data, wait: 60 },
  );
  return body.job;
};

describe('packages out of the folder of the server', () => {
  it('are bundled on a deploy that brings none, and kept with the version', async () => {
    const { status, body } = await instance.call('PUT', '/projects/files', { files: project });
    expect({ status, body }).toMatchObject({ status: 200, body: { version: 1 } });
    const version = await instance.call<{ bundle: { lock: { name: string }[] } }>(
      'GET',
      '/projects/files/versions/1',
    );
    const lock = version.body.bundle.lock.filter(({ name }) => name === 'dropbox' || name === 'zod');
    const entry = (name: string) => ({
      name,
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      integrity: expect.stringMatching(/^sha512-/),
    });
    expect(lock).toEqual([entry('dropbox'), entry('zod')]);
  });

  it('work in a job: dropbox asks through the gate, zod reads the answer', async () => {
    await instance.call('PUT', '/projects/files/secrets/TOKEN', { value: 'sl.a-long-token-of-dropbox' });
    expect(await list('/inbox')).toMatchObject({ status: 'done', result: [{ name: 'a.txt', size: 5 }] });
    expect(seen).toEqual([
      { url: '/2/files/list_folder', token: 'Bearer sl.a-long-token-of-dropbox', body: '{"path":"/inbox"}' },
    ]);
    const { body } = await instance.call<{ items: unknown[] }>('GET', '/outgoing?project=files');
    expect(body.items).toMatchObject([{ kind: 'request', method: 'POST', status: 200 }]);
  });

  it('fail a job with an error of the author’s, whose lines are the author’s', async () => {
    expect(await list('/bad')).toMatchObject({
      status: 'failed',
      error: {
        name: 'ValidationError',
        message: expect.stringContaining('size'),
        file: 'tasks/list.ts',
        stack: expect.stringContaining('protected.ts:10:'),
      },
    });
  });

  it('may change in the folder: the version keeps what it was deployed with', async () => {
    const developer = await instance.tokenFor('developer');
    const { 'protected.ts': _, ...files } = project;
    const { status } = await instance.call('PUT', '/projects/files', { files }, developer);
    expect(status).toBe(200);
    const bundles = await Promise.all(
      [1, 2].map(async (number) => (await instance.call('GET', `/projects/files/versions/${number}`)).body),
    );
    expect(bundles[1]).toMatchObject({ bundle: (bundles[0] as { bundle: object }).bundle });
  });
});

it('a folder without node_modules stops the start', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'sluice-'));
  expect(existsSync(join(dataDir, 'node_modules'))).toBe(false);
  await expect(startInstance({ dataDir, flags: { packages: dataDir } })).rejects.toThrow(
    /Install packages there/,
  );
  await rm(dataDir, { recursive: true });
});
