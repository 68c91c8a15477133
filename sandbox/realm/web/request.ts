import { AbortSignal, makeSignal } from './abort.ts';
import { Body, bytesOf, type Extracted, extract, Given, peekContent, takeContent } from './body.ts';
import { type Content, type Reference, Remote, shared } from './content.ts';
import { Headers, rawHeaders } from './headers.ts';
import { URL } from './url.ts';

export type Redirect = 'follow' | 'manual' | 'error';

/** A request as the gate is asked for it; plain data. */
export interface PlainRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array | Reference | null;
  readonly redirect: Redirect;
}

export interface RequestOptions {
  readonly method?: unknown;
  readonly headers?: unknown;
  readonly body?: unknown;
  readonly redirect?: unknown;
  readonly signal?: unknown;
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const UPPER_CASE = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT'];
const FORBIDDEN = ['CONNECT', 'TRACE', 'TRACK'];

/** The six oldest methods in upper case; others as they are, `patch` included, as the standard wants it. */
function methodOf(value: unknown): string {
  const method = `${value}`;
  const upper = method.toUpperCase();
  if (!TOKEN.test(method)) throw new TypeError(`"${method}" is not a method`);
  if (FORBIDDEN.includes(upper)) throw new TypeError(`The method ${upper} is not allowed`);
  return UPPER_CASE.includes(upper) ? upper : method;
}

function urlOf(value: unknown): string {
  const url = new URL(value);
  if (url.username !== '' || url.password !== '') {
    throw new TypeError('The URL of a request must not hold a user name or a password');
  }
  return url.href;
}

function redirectOf(value: unknown): Redirect {
  if (value === 'follow' || value === 'manual' || value === 'error') return value;
  throw new TypeError('redirect must be "follow", "manual" or "error"');
}

function signalOf(value: unknown): AbortSignal {
  if (value === undefined || value === null) return makeSignal();
  if (!(value instanceof AbortSignal)) throw new TypeError('signal must be an AbortSignal');
  return AbortSignal.any([value]);
}

/** What is sent: the new body, else the body of the request that this one is made from. */
function bodyOf(from: Request | null, method: string, body: unknown): Extracted | null {
  const given = body === undefined || body === null ? null : extract(body);
  const mayHaveBody = method !== 'GET' && method !== 'HEAD';
  if (!mayHaveBody && (given !== null || (from && peekContent(from) !== null))) {
    throw new TypeError('Request with GET/HEAD method cannot have body.');
  }
  if (given !== null || from === null) return given;
  const content = takeContent(from);
  return content === null ? null : { content, type: null };
}

const sentBody = (content: Content | Remote): Uint8Array | Reference =>
  content instanceof Remote ? content.reference() : bytesOf(content);

/** Takes a request apart for the gate; its body counts as read. A fragment is not sent. */
export let plainRequest: (request: Request) => PlainRequest;

export class Request extends Body {
  readonly #url: string;
  readonly #method: string;
  readonly #redirect: Redirect;
  readonly #signal: AbortSignal;

  static {
    plainRequest = (request) => {
      const content = takeContent(request);
      return {
        method: request.#method,
        url: request.#url.split('#', 1)[0] ?? request.#url,
        headers: rawHeaders(request.headers),
        body: content === null ? null : sentBody(content),
        redirect: request.#redirect,
      };
    };
  }

  /** `input` is an absolute URL or a Request whose body passes to this one. Options that name no property here are ignored. */
  constructor(input: unknown, options?: RequestOptions | null) {
    const from = input instanceof Request ? input : null;
    const url = from ? from.#url : urlOf(input);
    const method = options?.method === undefined ? (from?.method ?? 'GET') : methodOf(options.method);
    const redirect = redirectOf(options?.redirect ?? from?.redirect ?? 'follow');
    const signal = signalOf(options?.signal === undefined ? from?.signal : options.signal);
    const headers = new Headers(options?.headers ?? from?.headers);
    super(bodyOf(from, method, options?.body), headers);
    this.#url = url;
    this.#method = method;
    this.#redirect = redirect;
    this.#signal = signal;
  }

  get url(): string {
    return this.#url;
  }

  get method(): string {
    return this.#method;
  }

  get redirect(): Redirect {
    return this.#redirect;
  }

  get signal(): AbortSignal {
    return this.#signal;
  }

  clone(): Request {
    const content = peekContent(this);
    return new Request(this.#url, {
      method: this.#method,
      headers: this.headers,
      body: content === null ? null : new Given(shared(content)),
      redirect: this.#redirect,
      signal: this.#signal,
    });
  }

  get [Symbol.toStringTag](): string {
    return 'Request';
  }
}
