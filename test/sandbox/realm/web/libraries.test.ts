import { readFileSync } from 'node:fs';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlainResponse } from '../../../../sandbox/realm/web/response.ts';
import { type AskedRequest, openTestRealm, type TestRealm } from '../../../support/isolate.ts';

/** Stands for Dropbox: one folder in memory. */
const files = new Map<string, Uint8Array>();

const json = (status: number, data: unknown): Partial<PlainResponse> => ({
  status,
  headers: [['content-type', 'application/json']],
  body: new TextEncoder().encode(JSON.stringify(data)),
});

function dropbox(request: AskedRequest): Partial<PlainResponse> {
  const header = (name: string) => request.headers.find(([known]) => known === name)?.[1] ?? '';
  if (header('authorization') !== 'Bearer token')
    return json(401, { error_summary: 'invalid_access_token/' });
  const text = request.body === null ? '' : new TextDecoder().decode(request.body);
  const argument = JSON.parse(header('dropbox-api-arg') || text || 'null');
  switch (new URL(request.url).pathname) {
    case '/2/files/list_folder':
      return json(200, {
        entries: [...files.keys()].map((path) => ({ '.tag': 'file', path_lower: path })),
        has_more: false,
      });
    case '/2/files/upload':
      files.set(argument.path, request.body ?? new Uint8Array());
      return json(200, { path_lower: argument.path, size: request.body?.byteLength });
    case '/2/files/download': {
      const body = files.get(argument.path);
      if (body === undefined)
        return json(409, { error_summary: 'path/not_found/', error: { '.tag': 'path' } });
      const result = JSON.stringify({ name: argument.path.slice(1), size: body.byteLength });
      return { status: 200, headers: [['dropbox-api-result', result]], body };
    }
    default:
      return json(404, {});
  }
}

/** As programs are compiled: each job has a `globalThis` of its own. */
async function bundleOf(source: string): Promise<string> {
  const result = await build({
    stdin: { contents: source, resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'library',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    logLevel: 'error',
    define: { globalThis: 'ownGlobal' },
  });
  return `const ownGlobal = {}; ${result.outputFiles[0]?.text ?? ''}`;
}

const versionOf = (name: string): string =>
  JSON.parse(readFileSync(new URL(`../../../../node_modules/${name}/package.json`, import.meta.url), 'utf8'))
    .version;

describe(`dropbox ${versionOf('dropbox')} in a realm`, () => {
  let realm: TestRealm | undefined;
  beforeAll(async () => {
    const source = await bundleOf(`export { Dropbox } from 'dropbox'`);
    const prelude = `${source}; const client = (accessToken = 'token') => new library.Dropbox({ accessToken, fetch })`;
    realm = await openTestRealm({ fetch: dropbox, prelude });
  });
  afterAll(() => realm?.dispose());

  it('uploads, lists and downloads', async () => {
    files.clear();
    const body = `const dbx = client();
      const up = await dbx.filesUpload({ path: '/ü.txt', contents: new TextEncoder().encode('hello ü') });
      await dbx.filesUpload({ path: '/text.txt', contents: 'plain' });
      const list = await dbx.filesListFolder({ path: '' });
      const down = await dbx.filesDownload({ path: '/ü.txt' });
      const { fileBlob, fileBinary } = down.result;
      const content = fileBlob ? await fileBlob.text() : new TextDecoder().decode(fileBinary);
      return [up.status, up.result.size, list.result.entries.map((entry) => entry.path_lower), content, down.result.name]`;
    expect(await realm?.run(body)).toEqual([200, 8, ['/ü.txt', '/text.txt'], 'hello ü', 'ü.txt']);
  });

  it('reports a 409 with its summary', async () => {
    const body = `try { await client().filesDownload({ path: '/none' }) } catch (error) { return [error.name, error.status, error.error.error_summary] }`;
    expect(await realm?.run(body)).toEqual(['DropboxResponseError', 409, 'path/not_found/']);
  });

  it('reports a refused token', async () => {
    const body = `try { await client('other').filesListFolder({ path: '' }) } catch (error) { return error.status }`;
    expect(await realm?.run(body)).toBe(401);
  });

  it('stops at a signal', async () => {
    const body = `const controller = new AbortController(); controller.abort();
      return settle(client().filesListFolder({ path: '' }, { signal: controller.signal }))`;
    expect(await realm?.run(body)).toBe('rejects AbortError');
  });
});

describe(`zod ${versionOf('zod')} in a realm`, () => {
  let realm: TestRealm | undefined;
  beforeAll(async () => {
    realm = await openTestRealm({
      prelude: `${await bundleOf(`export { z } from 'zod'`)}; const { z } = library`,
    });
  });
  afterAll(() => realm?.dispose());

  it('judges URLs, files, dates and base64', async () => {
    const body = `const schema = z.object({ url: z.url(), file: z.file().max(5), at: z.coerce.date(), data: z.base64(), key: z.instanceof(URL) });
      const good = { url: 'https://a.example/x', file: new File(['abc'], 'n'), at: '2026-01-01', data: 'YQ==', key: new URL('https://a') };
      const bad = { url: 'nope', file: new File(['abcdef'], 'n'), at: 'x', data: '*', key: 5 };
      return [schema.safeParse(good).success, schema.safeParse(bad).error.issues.map((issue) => issue.path[0])]`;
    expect(await realm?.run(body)).toEqual([true, ['url', 'file', 'at', 'data', 'key']]);
  });
});
