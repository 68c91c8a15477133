import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Runtime } from '../../runtime/runtime.ts';
import type { Role } from '../../runtime/words.ts';
import { readConfig } from '../../server/config.ts';
import { startServer } from '../../server/serve.ts';
import { createServerLog } from '../../server/server-log.ts';

export interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed when it is JSON, else the text. */
  readonly body: Body;
}

/** A whole real instance in this process, on a free port. */
export interface Instance {
  readonly url: string;
  /** Of a Manager. */
  readonly token: string;
  readonly dataDir: string;
  readonly runtime: Runtime;
  /** What the server wrote to its own log. */
  readonly log: readonly string[];
  /** Calls the API as a Manager unless `token` says otherwise; null: without login. `route` comes after `/api/v1`. */
  call<Body = unknown>(
    verb: string,
    route: string,
    body?: unknown,
    token?: string | null,
  ): Promise<Answer<Body>>;
  /** Deploys files and switches the project on when its manifest does; gives the URLs of its webhooks. */
  deploy(slug: string, files: Readonly<Record<string, string>>): Promise<Readonly<Record<string, string>>>;
  /** The text of a new token with this role. */
  tokenFor(role: Role): Promise<string>;
  /** Stops it; data made for it is removed, data given to it stays. */
  stop(): Promise<void>;
}

export interface InstanceOptions {
  /** Options of `sluice serve` by name. */
  readonly flags?: Readonly<Record<string, string>>;
  /** To start again on the same data. */
  readonly dataDir?: string;
}

const TOKEN = 'a-manager-token-for-tests';

export async function startInstance(options: InstanceOptions = {}): Promise<Instance> {
  const dataDir = options.dataDir ?? (await mkdtemp(path.join(tmpdir(), 'sluice-')));
  const flags = { port: '0', data: dataDir, ...options.flags };
  const config = readConfig({ flags, env: {}, file: null });
  const secrets = { adminToken: TOKEN, adminPassword: undefined, keyring: undefined, databaseUrl: undefined };
  const log: string[] = [];
  const server = await startServer({
    config,
    secrets,
    log: createServerLog(config.log_level, (line) => log.push(line)),
  });
  const { url } = server;
  if (url === null) throw new Error('This instance listens on no port.');
  const call: Instance['call'] = (verb, route, body, token = TOKEN) =>
    callApi(`${url}/api/v1${route}`, verb, body, token);
  return {
    url,
    token: TOKEN,
    dataDir,
    runtime: server.runtime,
    log,
    call,
    async deploy(slug, files) {
      const answer = await call<{ webhooks: Record<string, string> }>('PUT', `/projects/${slug}`, { files });
      if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
      return answer.body.webhooks;
    },
    async tokenFor(role) {
      const { body } = await call<{ token: string }>('POST', '/tokens', { name: `test ${role}`, role });
      return body.token;
    },
    async stop() {
      await server.stop(config.grace * 1000);
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true });
    },
  };
}

async function callApi<Body>(
  url: string,
  verb: string,
  body: unknown,
  token: string | null,
): Promise<Answer<Body>> {
  const response = await fetch(url, {
    method: verb,
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}
