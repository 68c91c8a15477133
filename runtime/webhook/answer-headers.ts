import type { Pairs } from '../../sandbox/types.ts';

/**
 * Which headers a project may put on the answer of its webhook. Refused are those that say how bytes travel (the server's
 * own business) and those whose effect reaches beyond this one answer to everything else on the same origin.
 */

const TRANSPORT: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Allowed once hooks have an origin of their own. */
const ORIGIN: ReadonlySet<string> = new Set([
  'alt-svc',
  'clear-site-data',
  'content-security-policy',
  'content-security-policy-report-only',
  'nel',
  'report-to',
  'reporting-endpoints',
  'service-worker-allowed',
  'set-cookie',
  'set-cookie2',
  'strict-transport-security',
  'x-content-type-options',
]);

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,256}$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]{0,8192}$/;
const MOST = 100;
const MOST_NAMED = 10;
/** Looking takes time; those behind are dropped without. */
const MOST_LOOKED_AT = 1000;

export interface FilteredHeaders {
  readonly headers: Pairs;
  /** What was dropped and why, in one sentence; null when nothing was. */
  readonly warning: string | null;
}

/** Keeps the headers that may be sent. `headers` is what user code gave: a list of pairs, a plain object or anything. */
export function filterHeaders(headers: unknown, ownOrigin: boolean): FilteredHeaders {
  const kept: [string, string][] = [];
  const dropped: string[] = [];
  const all = candidates(headers, dropped);
  for (const [name, given] of all.slice(0, MOST_LOOKED_AT)) {
    const value = typeof given === 'number' ? String(given) : given;
    const reason = kept.length < MOST ? refusal(name, value, ownOrigin) : 'too many';
    if (reason === null) kept.push([name, value as string]);
    else dropped.push(`${show(name)} (${reason})`);
  }
  return {
    headers: kept,
    warning: dropped.length === 0 ? null : describe(dropped, Math.max(0, all.length - MOST_LOOKED_AT)),
  };
}

function candidates(headers: unknown, dropped: string[]): readonly (readonly [string, unknown])[] {
  if (headers === undefined || headers === null) return [];
  if (Array.isArray(headers) && headers.every(isNamed)) return headers;
  if (typeof headers === 'object' && isPlain(headers)) return Object.entries(headers);
  dropped.push('all (headers is a list of [name, value] pairs or a plain object)');
  return [];
}

const isNamed = (pair: unknown): pair is [string, unknown] =>
  Array.isArray(pair) && pair.length === 2 && typeof pair[0] === 'string';

/** Why this header may not be sent; null when it may. */
function refusal(name: string, value: unknown, ownOrigin: boolean): string | null {
  if (!NAME.test(name)) return 'not a valid name';
  if (typeof value !== 'string' || !VALUE.test(value)) return 'not a valid value';
  const lower = name.toLowerCase();
  if (TRANSPORT.has(lower)) return 'set by the server';
  if (!ownOrigin && ORIGIN.has(lower)) return 'not allowed while hooks share an origin with the console';
  return null;
}

/** A list of [string, string] pairs. */
export const isPairs = (value: unknown): value is Pairs =>
  Array.isArray(value) &&
  value.every(
    (pair) => Array.isArray(pair) && pair.length === 2 && pair.every((part) => typeof part === 'string'),
  );

/** True for an object literal, as opposed to an instance of something. */
export function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** `unseen`: how many more there were. */
function describe(dropped: readonly string[], unseen: number): string {
  const rest = Math.max(0, dropped.length - MOST_NAMED) + unseen;
  const more = rest > 0 ? ` and ${rest} more` : '';
  return `Headers of the answer were dropped: ${dropped.slice(0, MOST_NAMED).join(', ')}${more}.`;
}

const LONGEST_SHOWN = 64;

/** Names are shown as text that breaks no line, and whole or not at all: a part of a secret would not be masked. */
const show = (name: string): string =>
  name.length > LONGEST_SHOWN ? `a name of ${name.length} characters` : JSON.stringify(name).slice(1, -1);
