import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundlePackages } from '../../sandbox/compile/bundle-packages.ts';
import { createSandbox } from '../../sandbox/create-sandbox.ts';
import type { PackageBundle, Sandbox } from '../../sandbox/types.ts';
import { runJob } from '../support/sandbox.ts';
import { until } from '../support/wait-for.ts';

/** The project folder whose node_modules holds `dropbox` and `zod`: this repository. */
const FOLDER = resolve(import.meta.dirname, '../..');

const PROTECTED = `
import { Dropbox } from 'dropbox';
import { z } from 'zod';

const Entry = z.object({ name: z.string(), size: z.number().int().optional() });
const client = () => new Dropbox({ accessToken: secrets.DROPBOX_TOKEN, fetch });

export async function list(path: string) {
  const { result } = await client().filesListFolder({ path });
  return result.entries.map((entry) => Entry.parse({ name: entry.name, size: 'size' in entry ? entry.size : undefined }));
}
export async function upload(path: string, contents: string) {
  const { result } = await client().filesUpload({ path, contents });
  return result.rev;
}
export async function download(path: string) {
  const { result } = await client().filesDownload({ path });
  return await (result as unknown as { fileBlob: Blob }).fileBlob.text();
}
`;

const TASK = `
export async function handle_button(folder: string) {
  const rev = await upload(folder + '/a.txt', 'from ' + folder);
  const names = await list(folder);
  const text = await download(folder + '/a.txt');
  try {
    await upload(folder + '/conflict.txt', 'x');
    return 'not refused';
  } catch (error) {
    return { rev, names, text, refused: (error as Error).message };
  }
}
`;

interface PlainRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array | null;
}

/** A few routes of the published Dropbox HTTP API, with a folder of files for each token. */
function fakeDropbox() {
  const files = new Map<string, Uint8Array>();
  const seen: { readonly job: string; readonly token: string; readonly path: string }[] = [];
  const json = (status: number, value: unknown, extra: [string, string][] = []) => ({
    status,
    statusText: '',
    url: '',
    redirected: false,
    headers: [['content-type', 'application/json'], ...extra],
    body: new TextEncoder().encode(JSON.stringify(value)),
  });
  function answer(_operation: string, [value]: readonly unknown[], job: string): unknown {
    const request = value as PlainRequest;
    const header = (name: string) => request.headers.find(([key]) => key.toLowerCase() === name)?.[1] ?? '';
    const route = new URL(request.url).pathname;
    const body = new TextDecoder().decode(request.body ?? new Uint8Array());
    const args = JSON.parse(header('dropbox-api-arg') || body || '{}') as { path: string };
    seen.push({ job, token: header('authorization'), path: args.path });
    if (route === '/2/files/list_folder') {
      const entries = [...files.keys()].filter((path) => path.startsWith(`${args.path}/`));
      const listed = entries.map((path) => ({
        '.tag': 'file',
        name: path.slice(args.path.length + 1),
        size: files.get(path)?.length,
      }));
      return json(200, { entries: listed, cursor: 'c', has_more: false });
    }
    if (route === '/2/files/upload' && args.path.endsWith('/conflict.txt')) {
      return json(409, { error_summary: 'path/conflict/file/..', error: { '.tag': 'path' } });
    }
    if (route === '/2/files/upload') {
      files.set(args.path, request.body ?? new Uint8Array());
      return json(200, { name: 'a.txt', rev: `rev-of-${args.path}` });
    }
    const found = files.get(args.path) ?? new Uint8Array();
    return { ...json(200, {}, [['dropbox-api-result', JSON.stringify({ name: 'a.txt' })]]), body: found };
  }
  return { answer, seen };
}

/** Lets the n-th request of a job go on only when every job has made its n-th: the jobs take turns, whatever the machine. */
function meetingOf(jobs: number): (job: string) => Promise<void> {
  const made = new Map<string, number>();
  return async (job) => {
    const mine = (made.get(job) ?? 0) + 1;
    made.set(job, mine);
    await until(
      `request ${mine} of every job`,
      () => [...made.values()].filter((n) => n >= mine).length === jobs,
    );
  };
}

describe('npm packages in Protected Code', () => {
  let sandbox: Sandbox;
  let bundle: PackageBundle;
  beforeAll(async () => {
    sandbox = await createSandbox();
    bundle = await bundlePackages(FOLDER, PROTECTED, 'protected.ts');
    await sandbox.ready();
  });
  afterAll(() => sandbox.stop());

  it('dropbox and zod list, upload, download and are refused, each request attributed to its own job', async () => {
    const dropbox = fakeDropbox();
    const together = meetingOf(2);
    const job = (folder: string) =>
      runJob(sandbox, {
        files: { 'protected.ts': PROTECTED, 'tasks/t.ts': TASK },
        bundle,
        input: folder,
        secrets: { DROPBOX_TOKEN: `token-of${folder}` },
        call: async (operation, args, jobId) => {
          await together(jobId);
          return dropbox.answer(operation, args, jobId);
        },
      });
    const [one, two] = await Promise.all([job('/one'), job('/two')]);
    for (const [{ result }, folder] of [
      [one, '/one'],
      [two, '/two'],
    ] as const) {
      expect(result).toEqual({
        rev: `rev-of-${folder}/a.txt`,
        names: [{ name: 'a.txt', size: `from ${folder}`.length }],
        text: `from ${folder}`,
        refused: expect.stringContaining('409'),
      });
    }
    const jobs = new Map<string, Set<string>>();
    for (const { job: id, token, path } of dropbox.seen) {
      const folder = `/${path.split('/')[1]}`;
      expect(token).toBe(`Bearer token-of${folder}`);
      jobs.set(folder, (jobs.get(folder) ?? new Set()).add(id));
    }
    expect([...jobs.values()].map((ids) => ids.size)).toEqual([1, 1]);
    expect(dropbox.seen).toHaveLength(8);
  });

  it('the lock names what was bundled', () => {
    expect(bundle.lock.map(({ name }) => name)).toEqual(expect.arrayContaining(['dropbox', 'zod']));
  });
});
