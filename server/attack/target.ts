import type { Canaries } from './canaries.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body parsed; undefined when it is not JSON. */
  readonly json: unknown;
}

/** The instance under attack. Every reply that it gives is searched for canaries; what is found is kept in `leaks`. */
export interface Target {
  readonly url: string;
  readonly leaks: readonly string[];
  /** Calls the API; `route` comes after `/api/v1`. */
  call(verb: string, route: string, body?: unknown, token?: string): Promise<Reply>;
  /** The same, and the body; any status but 2xx is an error with what the server said. */
  ask<Body>(verb: string, route: string, body?: unknown): Promise<Body>;
  /** A request to anywhere on the instance, with no login. */
  request(url: string, init?: RequestInit): Promise<Reply>;
}

/** After `signal` no request is begun any more: it throws the signal's reason. One that is under way is waited for. */
export function createTarget(url: string, token: string, canaries: Canaries, signal?: AbortSignal): Target {
  const leaks: string[] = [];

  async function request(address: string, init: RequestInit = {}): Promise<Reply> {
    signal?.throwIfAborted();
    const response = await fetch(address, { redirect: 'manual', ...init });
    const text = await response.text();
    const leak = canaries.find(`${text}\n${JSON.stringify([...response.headers])}`);
    if (leak !== undefined) leaks.push(`${leak} in an answer of ${new URL(address).pathname}`);
    return { status: response.status, headers: response.headers, text, json: parsed(text) };
  }

  const call: Target['call'] = (verb, route, body, as = token) =>
    request(`${url}/api/v1${route}`, {
      method: verb,
      headers: { authorization: `Bearer ${as}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  return {
    url,
    leaks,
    call,
    request,
    async ask<Body>(verb: string, route: string, body?: unknown): Promise<Body> {
      const reply = await call(verb, route, body);
      if (reply.status < 200 || reply.status > 299) {
        throw new Error(`${verb} ${route} was answered ${reply.status}: ${reply.text.slice(0, 500)}`);
      }
      return reply.json as Body;
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
