import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ServerProcess, startProcess } from '../server-process.ts';
import { until } from '../wait-for.ts';

const TOKEN = 'a-manager-token-of-all-nodes';
const KEYRING = JSON.stringify({ keys: [{ id: 'one', key: Buffer.alloc(32, 3).toString('base64') }] });
const HEADERS = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
/** The shortest there is. */
export const LEASE_S = 5;

export interface NodeAnswer<Body> {
  readonly status: number;
  readonly body: Body;
  readonly headers: Headers;
}

/** `sluice serve` on a database, as a process with a data directory of its own. */
export interface ServedNode {
  /** Undefined without a port. */
  readonly url: string | undefined;
  readonly process: ServerProcess;
  /** What a Manager sends with each call. */
  readonly headers: Readonly<Record<string, string>>;
  call<Body = unknown>(verb: string, route: string, body?: unknown): Promise<NodeAnswer<Body>>;
  /** All its processes, at once. */
  kill(): Promise<void>;
  /** As an operator does; resolves with its exit code. */
  stop(): Promise<number | string>;
}

/** Begins one, of this checkout or of the one with that launcher; `ready` resolves when it takes work, and rejects when it ends before. */
export function beginNode(
  database: string,
  flags: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
  launcher?: string,
): { readonly process: ServerProcess; readonly ready: Promise<ServedNode> } {
  const data = mkdtempSync(path.join(tmpdir(), 'sluice-node-'));
  const started = startProcess(
    ['serve', '--port', '0', '--data', data, '--lease', String(LEASE_S), '--grace', '1', ...flags],
    {
      cwd: data,
      launcher,
      env: { SLUICE_DATABASE_URL: database, SLUICE_KEYRING: KEYRING, SLUICE_ADMIN_TOKEN: TOKEN, ...env },
    },
  );
  const remove = () => rmSync(data, { recursive: true, force: true });
  void started.ended.then(remove);
  return { process: started, ready: readyNode(started, flags.includes('--no-http')) };
}

async function readyNode(started: ServerProcess, isSilent: boolean): Promise<ServedNode> {
  const isWorking = () => started.stdout().includes('working, without a port');
  const ended = started.ended.then((code) => {
    throw new Error(`It ended with ${code}: ${started.stderr()}`);
  });
  ended.catch(() => {});
  const url = isSilent
    ? await Promise.race([until('a node works', isWorking, 30_000).then(() => undefined), ended])
    : await started.listening();
  return {
    url,
    process: started,
    headers: HEADERS,
    async call<Body>(verb: string, route: string, body?: unknown) {
      const answer = await fetch(`${url}${route.startsWith('/') ? '/api/v1' : '/'}${route}`, {
        method: verb,
        headers: HEADERS,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      return {
        status: answer.status,
        body: (text === '' ? null : JSON.parse(text)) as Body,
        headers: answer.headers,
      };
    },
    async kill() {
      started.child.kill('SIGKILL');
      await started.ended;
    },
    async stop() {
      started.child.kill('SIGTERM');
      return started.ended;
    },
  };
}
