import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { execute, type OdooCall } from './execute.ts';
import type { Values } from './fields.ts';
import { accessDenied, OdooFault, typeError } from './odoo-fault.ts';
import { type OdooRecord, PartnerTable } from './partner-table.ts';

/** An Odoo with one database, on loopback, as its external API shows it by JSON-RPC; and the handles by which a test plays its people. */
export interface OdooServer {
  /** Without a slash at the end; JSON-RPC is at `/jsonrpc`. */
  readonly url: string;
  readonly db: string;
  readonly login: string;
  readonly password: string;
  /** Every call of a method by somebody who may, in order. */
  readonly calls: readonly OdooCall[];
  /** How often somebody has logged in. */
  logins(): number;
  /** All contacts with all fields, archived ones too. */
  partners(): readonly OdooRecord[];
  /** Somebody changes a contact at this moment. */
  change(id: number, values: Values, at?: Date): void;
  /** Somebody deletes a contact. */
  remove(id: number): void;
  /** The next calls get this status from a proxy in between. */
  outage(calls: number, status: number): void;
  stop(): Promise<void>;
}

const ACCOUNT = { db: 'stand-in', login: 'admin@example.org', password: 'correct-horse-battery' };
const UID = 2;

export async function startOdoo(): Promise<OdooServer> {
  const table = new PartnerTable();
  const calls: OdooCall[] = [];
  let logins = 0;
  let out = { calls: 0, status: 0 };

  function common(method: string, args: readonly unknown[]): unknown {
    if (method === 'version') return { server_version: '18.0', server_serie: '18.0', protocol_version: 1 };
    if (method !== 'authenticate' && method !== 'login') throw typeError(`no method ${method}`);
    const [db, login, password] = args;
    checkDatabase(db);
    logins += 1;
    return login === ACCOUNT.login && password === ACCOUNT.password ? UID : false;
  }

  function object(method: string, args: readonly unknown[]): unknown {
    if (method !== 'execute_kw') throw typeError(`no method ${method}`);
    const [db, uid, password, model, name, given, kwargs] = args;
    checkDatabase(db);
    if (uid !== UID || password !== ACCOUNT.password) throw accessDenied();
    const call = {
      model: String(model),
      method: String(name),
      args: Array.isArray(given) ? given : [],
      kwargs: (kwargs ?? {}) as Values,
    };
    calls.push(call);
    return execute(table, call);
  }

  const server = createServer((request, response) => {
    if (out.calls > 0) {
      out = { ...out, calls: out.calls - 1 };
      response.writeHead(out.status, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>');
      return;
    }
    answer(request, response, { common, object }).catch((error: unknown) => {
      response.writeHead(400, { 'content-type': 'text/html' }).end(`<p>${error}</p>`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...ACCOUNT,
    calls,
    logins: () => logins,
    partners: () => table.all(),
    change: (id, values, at = new Date()) => void table.write([id], values, at.getTime()),
    remove: (id) => void table.unlink([id]),
    outage: (times, status) => {
      out = { calls: times, status };
    },
    stop: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

function checkDatabase(db: unknown): void {
  if (db === ACCOUNT.db) return;
  throw new OdooFault('psycopg2.OperationalError', `FATAL:  database "${db}" does not exist`);
}

type Services = Readonly<Record<string, (method: string, args: readonly unknown[]) => unknown>>;

/** JSON-RPC 2.0 as Odoo speaks it: refusals have status 200. */
async function answer(request: IncomingMessage, response: ServerResponse, services: Services): Promise<void> {
  if (request.url !== '/jsonrpc') return void response.writeHead(404).end();
  if (request.method !== 'POST') return void response.writeHead(405).end();
  const { id = null, params = {} } = JSON.parse(await bodyOf(request)) as {
    readonly id?: unknown;
    readonly params?: { readonly service?: string; readonly method?: string; readonly args?: unknown[] };
  };
  const outcome = resultOf(services, params.service ?? '', params.method ?? '', params.args ?? []);
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ jsonrpc: '2.0', id, ...outcome }));
}

function resultOf(services: Services, service: string, method: string, args: readonly unknown[]): object {
  try {
    const run = services[service];
    if (run === undefined) throw typeError(`no service ${service}`);
    return { result: run(method, args) };
  } catch (error) {
    if (!(error instanceof OdooFault)) throw error;
    const { pythonName: name, message } = error;
    const debug = `Traceback (most recent call last):\n  File "odoo/http.py"\n${name}: ${message}\n`;
    const data = { name, debug, message, arguments: [message], context: {} };
    return { error: { code: 200, message: 'Odoo Server Error', data } };
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
