// A small client of Odoo's external API, by JSON-RPC. Login and password are part of every call, so nothing but this
// file makes one: https://www.odoo.com/documentation/18.0/developer/reference/external_api.html

type Json = Readonly<Record<string, unknown>>;

/**
 * Calls a method of a model in the other Odoo: `odoo_execute_kw('res.partner', 'read', [[7], ['name']])`. Bytes are sent
 * as base64, as Odoo takes them.
 */
export async function odoo_execute_kw(
  model: string,
  method: string,
  args: readonly unknown[] = [],
  kwargs: Json = {},
): Promise<unknown> {
  _uid ??= _login();
  const account = [params.DB, await _uid, secrets.PASSWORD];
  return _call(`${model}.${method}`, 'object', 'execute_kw', [...account, model, method, args, kwargs]);
}

/** Once in each job. */
let _uid: Promise<number> | undefined;

async function _login(): Promise<number> {
  const { USERNAME, PASSWORD } = secrets;
  if (!USERNAME || !PASSWORD) throw new Error('The secrets USERNAME and PASSWORD are not both set.');
  const uid = await _call('authenticate', 'common', 'authenticate', [params.DB, USERNAME, PASSWORD, {}]);
  if (typeof uid === 'number') return uid;
  throw new Error('Odoo refused the login: check the param DB and the secrets USERNAME and PASSWORD.');
}

interface Answer {
  readonly result?: unknown;
  readonly error?: { readonly message?: string; readonly data?: { readonly message?: string } };
}

async function _call(what: string, service: string, method: string, args: unknown[]): Promise<unknown> {
  const request = { jsonrpc: '2.0', method: 'call', params: { service, method, args }, id: 1 };
  const response = await _post(what, JSON.stringify(request, _bytesAsBase64));
  if (response.status === 429 || response.status >= 500) {
    throw new RetryableJobError(`Odoo did not serve ${what}: status ${response.status}`);
  }
  const { result, error } = await _read(what, response);
  if (error === undefined) return result;
  // What Odoo says to people; its `debug` is a stack of its own.
  throw new Error(`Odoo refused ${what}: ${error.data?.message ?? error.message}`);
}

async function _post(what: string, body: string): Promise<Response> {
  try {
    return await fetch(`${params.URL.replace(/\/+$/, '')}/jsonrpc`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    // What a rule forbids will be forbidden later, too.
    if (reason.startsWith('Blocked')) throw error;
    throw new RetryableJobError(`Odoo was not reached for ${what}: ${reason}`);
  }
}

async function _read(what: string, response: Response): Promise<Answer> {
  try {
    if (response.ok) return (await response.json()) as Answer;
  } catch {
    // Told below.
  }
  throw new Error(`What answers ${what} is no Odoo (status ${response.status}): check the param URL.`);
}

function _bytesAsBase64(_: string, value: unknown): unknown {
  return value instanceof Uint8Array ? b64encode(value) : value;
}
