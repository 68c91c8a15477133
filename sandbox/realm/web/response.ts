import { Body, type Extracted, extract, Given, peekContent } from './body.ts';
import { isBytes } from './bytes.ts';
import { type Call, Remote, shared } from './content.ts';
import { Headers, lockHeaders } from './headers.ts';
import { URL } from './url.ts';

/** A response as the gate answers; plain data. */
export interface PlainResponse {
  readonly status: number;
  readonly statusText: string;
  readonly url: string;
  readonly redirected: boolean;
  readonly headers: readonly (readonly [string, string])[];
  /** A large body stays outside: `handle` is its name there. */
  readonly body: Uint8Array | { readonly handle: string };
}

interface ResponseOptions {
  readonly status?: unknown;
  readonly statusText?: unknown;
  readonly headers?: unknown;
}

const WITHOUT_BODY = [101, 103, 204, 205, 304];
const REDIRECTS = [301, 302, 303, 307, 308];
const REASON = /^[\t -~\x80-\xff]*$/;

function statusOf(value: unknown): number {
  const status = value === undefined ? 200 : Math.trunc(Number(value));
  if (status >= 200 && status <= 599) return status;
  throw new RangeError('The status of a Response must be from 200 to 599');
}

function statusTextOf(value: unknown): string {
  const text = value === undefined ? '' : `${value}`;
  if (!REASON.test(text)) throw new TypeError('The statusText has a character that is not allowed');
  return text;
}

function bodyOf(body: unknown, status: number): Extracted | null {
  if (body === undefined || body === null) return null;
  if (WITHOUT_BODY.includes(status))
    throw new TypeError(`A response with status ${status} cannot have a body`);
  return extract(body);
}

const contentOf = ({ body }: PlainResponse, call: Call): Uint8Array | Remote =>
  isBytes(body) ? body : new Remote(call, body.handle);

/** The response of a `fetch`; `call` asks for a body that stayed outside. */
export let fetchedResponse: (answer: PlainResponse, call: Call) => Response;

export class Response extends Body {
  #status: number;
  #statusText: string;
  #type: 'default' | 'basic' | 'error' = 'default';
  #url = '';
  #redirected = false;

  static {
    fetchedResponse = (answer, call) => {
      const body = WITHOUT_BODY.includes(answer.status) ? null : new Given(contentOf(answer, call));
      const response = new Response(body, { headers: answer.headers });
      response.#status = answer.status;
      response.#statusText = answer.statusText;
      response.#type = 'basic';
      response.#url = answer.url.split('#', 1)[0] ?? '';
      response.#redirected = answer.redirected;
      lockHeaders(response.headers);
      return response;
    };
  }

  constructor(body?: unknown, options?: ResponseOptions | null) {
    const status = statusOf(options?.status);
    const statusText = statusTextOf(options?.statusText);
    const headers = new Headers(options?.headers);
    super(bodyOf(body, status), headers);
    this.#status = status;
    this.#statusText = statusText;
  }

  static json(data: unknown, options?: ResponseOptions | null): Response {
    const text = JSON.stringify(data);
    if (text === undefined) throw new TypeError('The value has no JSON form');
    const headers = new Headers(options?.headers);
    if (!headers.has('content-type')) headers.set('content-type', 'application/json');
    return new Response(text, { status: options?.status, statusText: options?.statusText, headers });
  }

  static error(): Response {
    const response = new Response();
    response.#status = 0;
    response.#type = 'error';
    lockHeaders(response.headers);
    return response;
  }

  static redirect(url: unknown, status: unknown = 302): Response {
    const location = new URL(url).href;
    if (!REDIRECTS.includes(Number(status)))
      throw new RangeError(`${status} is not the status of a redirect`);
    const response = new Response(null, { status, headers: [['location', location]] });
    lockHeaders(response.headers);
    return response;
  }

  get type(): string {
    return this.#type;
  }

  /** Where the answer came from in the end; empty when it did not come from `fetch`. */
  get url(): string {
    return this.#url;
  }

  get redirected(): boolean {
    return this.#redirected;
  }

  get status(): number {
    return this.#status;
  }

  get statusText(): string {
    return this.#statusText;
  }

  get ok(): boolean {
    return this.#status >= 200 && this.#status <= 299;
  }

  clone(): Response {
    const content = peekContent(this);
    const copy = new Response(content === null ? null : new Given(shared(content)), {
      headers: this.headers,
    });
    copy.#status = this.#status;
    copy.#statusText = this.#statusText;
    copy.#type = this.#type;
    copy.#url = this.#url;
    copy.#redirected = this.#redirected;
    return copy;
  }

  get [Symbol.toStringTag](): string {
    return 'Response';
  }
}
