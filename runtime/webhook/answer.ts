import type { Encoded, WebhookResult } from '../../sandbox/types.ts';
import { decode } from '../../sandbox/wire/decode.ts';
import type { HookAnswer } from '../runtime.ts';
import { filterHeaders, isPairs, isPlain } from './answer-headers.ts';

/**
 * `shown`: what the handler returned, as it is kept with the job. `warning`: what was left out of the answer. `problem`:
 * why the result is no answer at all.
 */
export type ReadAnswer =
  | {
      readonly ok: true;
      readonly answer: HookAnswer;
      readonly shown: unknown;
      readonly warning: string | null;
    }
  | { readonly ok: false; readonly problem: string };

/** Taken apart, not judged yet. */
interface Parts {
  readonly data: unknown;
  readonly status: unknown;
  readonly headers: unknown;
}

const TEXT = 'text/plain; charset=utf-8';
const JSON_TYPE = 'application/json';
const BYTES = 'application/octet-stream';
/** Statuses whose answers have no body. */
export const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * Makes the answer of a webhook from what the sandbox sent for its handler's result, tested in this order: `Response`;
 * nothing or "" -> `OK`; bytes; text; `[data, status]`, `[data, headers]`, `[data, status, headers]`; an object of body,
 * status and headers; everything else -> JSON. Undefined when it is not what a sandbox sends.
 */
export function readResult(encoded: Encoded, ownOrigin: boolean): ReadAnswer | undefined {
  try {
    const result = decode(encoded) as WebhookResult | null;
    if (result?.type === 'value') return readValue(result.value, ownOrigin);
    if (result?.type !== 'response' || !(result.body instanceof Uint8Array)) return undefined;
    const { status, headers, body } = result;
    return toAnswer({ data: body, status, headers }, { status, headers, body }, ownOrigin);
  } catch {
    return undefined;
  }
}

function readValue(value: unknown, ownOrigin: boolean): ReadAnswer {
  if (value === undefined || value === null || value === '') return toAnswer(whole('OK'), value, ownOrigin);
  return toAnswer(typeof value === 'object' ? takeApart(value) : whole(value), value, ownOrigin);
}

function takeApart(value: object): Parts {
  if (Array.isArray(value)) return fromArray(value);
  if (isPlain(value) && isResponseShape(value)) {
    return { data: value.body, status: value.status ?? 200, headers: value.headers };
  }
  return whole(value);
}

const whole = (data: unknown): Parts => ({ data, status: 200, headers: null });

/** `[data, status]`, `[data, headers]`, `[data, status, headers]`; every other array is data. */
function fromArray(value: readonly unknown[]): Parts {
  const [data, second, third] = value;
  const isStatus = Number.isInteger(second) && Number(second) >= 100 && Number(second) <= 599;
  if (isStatus && (value.length === 2 || value.length === 3)) return { data, status: second, headers: third };
  if (value.length === 2 && isPairs(second)) return { data, status: 200, headers: second };
  return whole(value);
}

const RESPONSE_KEYS: ReadonlySet<string> = new Set(['status', 'headers', 'body']);

function isResponseShape(value: object): value is { body: unknown; status?: unknown; headers?: unknown } {
  return Object.hasOwn(value, 'body') && Object.keys(value).every((key) => RESPONSE_KEYS.has(key));
}

function toAnswer({ data, status, headers }: Parts, shown: unknown, ownOrigin: boolean): ReadAnswer {
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 200 || status > 599) {
    const problem = `handle_webhook answered with ${typeof status === 'number' ? `the status ${status}` : 'a status that is no number'}; a status is an integer from 200 to 599.`;
    return { ok: false, problem };
  }
  const { body, type } = toBody(BODILESS.has(status) ? null : data);
  const filtered = filterHeaders(headers, ownOrigin);
  const typed = filtered.headers.some(([name]) => name.toLowerCase() === 'content-type');
  const complete =
    type === null || typed ? filtered.headers : [...filtered.headers, ['Content-Type', type] as const];
  return { ok: true, answer: { status, headers: complete, body }, shown, warning: filtered.warning };
}

function toBody(data: unknown): { body: Uint8Array | string; type: string | null } {
  if (data === undefined || data === null || data === '') return { body: '', type: null };
  if (typeof data === 'string') return { body: data, type: TEXT };
  if (data instanceof ArrayBuffer) return { body: new Uint8Array(data), type: BYTES };
  if (ArrayBuffer.isView(data)) {
    return { body: new Uint8Array(data.buffer, data.byteOffset, data.byteLength), type: BYTES };
  }
  return { body: JSON.stringify(data), type: JSON_TYPE };
}
