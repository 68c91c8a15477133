import { CliError } from './cli-error.ts';
import type { Credentials } from './credentials.ts';
import { detailLines } from './details.ts';
import { printable } from './printable.ts';

export type Query = Readonly<Record<string, string | undefined>>;

/** The API of one server. Each failure is a `CliError` that says what to do. */
export interface ApiClient {
  readonly url: string;
  /** `route` comes after `/api/v1`; undefined values of the query are left out. */
  get(route: string, query?: Query): Promise<unknown>;
  send(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', route: string, body?: unknown): Promise<unknown>;
  /** An answer to be read as it comes. */
  stream(route: string, query: Query, signal: AbortSignal): Promise<Response>;
}

/** A client for one server; connects at the first request. */
export function createClient(credentials: Credentials): ApiClient {
  const { url, token } = credentials;

  async function request(route: string, query: Query, init: RequestInit): Promise<Response> {
    const target = new URL(`${url}/api/v1${route}`);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) target.searchParams.set(name, value);
    }
    const headers = new Headers(init.headers);
    if (token !== null) headers.set('authorization', `Bearer ${token}`);
    const response = await fetch(target, { ...init, headers, redirect: 'manual' }).catch((error: unknown) => {
      throw unreachable(url, error);
    });
    if (!response.ok) throw await refusal(credentials, response);
    return response;
  }

  return {
    url,
    get: async (route, query = {}) => readJson(url, await request(route, query, {})),
    send: async (method, route, body) => {
      const init = {
        method,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body ?? {}),
      };
      return readJson(url, await request(route, {}, init));
    },
    stream: (route, query, signal) =>
      request(route, query, { headers: { accept: 'text/event-stream' }, signal }),
  };
}

/** Puts names into a route: each value is one segment. */
export function route(parts: TemplateStringsArray, ...names: readonly string[]): string {
  return String.raw({ raw: parts }, ...names.map(encodeURIComponent));
}

/** No answer, or that of a server which is just starting or ending: trying again later can help. */
export class Unavailable extends CliError {}

function unreachable(url: string, error: unknown): CliError {
  const why = reasonOf(error instanceof Error ? error.cause : undefined);
  const message =
    why === 'ECONNREFUSED'
      ? `No Sluice answers at ${url}. Start one with \`sluice serve\`, or give --url.`
      : `${url} cannot be reached (${why}). Check --url and the network.`;
  return new Unavailable(message, { cause: error });
}

/** The code of a network error, else what it says. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'no answer';
  return 'code' in cause ? String(cause.code) : cause.message;
}

async function readJson(url: string, response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CliError(`${url} answers, but not like Sluice does. Check --url.`, { cause });
  }
}

/** What the server said, as it said it; `details` of a refused deploy become one line each. */
async function refusal(credentials: Credentials, response: Response): Promise<CliError> {
  const { url, token, source } = credentials;
  if (response.status === 401) {
    const found =
      token === null ? `No token was found in ${source}.` : `The token from ${source} is not valid there.`;
    return new CliError(
      `${url} wants a token. ${found} Make one with POST /api/v1/tokens, or use that of SLUICE_ADMIN_TOKEN, and set SLUICE_TOKEN.`,
    );
  }
  const error = errorOf(await response.text().catch(() => ''));
  if (response.status >= 502 && response.status <= 504) {
    // A proxy in front answers so as well, and says nothing.
    const why = error === undefined ? '. Try again in a moment.' : `: ${error.message}`;
    return new Unavailable(printable(`${url} is not ready (${response.status})${why}`), {
      code: error?.code,
    });
  }
  if (error === undefined) {
    return new CliError(`${url} answered ${response.status}, but not like Sluice does. Check --url.`);
  }
  const { code, message, details } = error;
  // A query is made of nothing but options of the command line.
  const exitCode = code === 'invalid_query' ? 2 : 1;
  return new CliError(printable(message), { exitCode, code, lines: detailLines(details) });
}

interface ApiError {
  readonly code: string;
  readonly message: string;
  readonly details: unknown;
}

function errorOf(text: string): ApiError | undefined {
  try {
    const { error } = JSON.parse(text);
    const { code, message, details } = error;
    return typeof message === 'string' ? { code: String(code), message, details } : undefined;
  } catch {
    return undefined;
  }
}
