import { parseInstant } from '../instant.ts';
import { isPlainObject } from '../plain-object.ts';

/** What `add_job` was told, checked. */
export interface SubJobOptions {
  /** 0 goes first. */
  readonly priority: number;
  /** Milliseconds since 1970; null: at once. */
  readonly eta: number | null;
  /** Attempts in all, 0: without end; null: as its task says. */
  readonly maxRetries: number | null;
  readonly identityKey: string | null;
  readonly description: string | null;
}

const KNOWN = ['priority', 'eta', 'max_retries', 'identity_key', 'description'];
const HIGHEST_PRIORITY = 1000;
const MOST_RETRIES = 100;
const LONGEST_TEXT = 200;
const LATEST = Date.UTC(9999, 11, 31);

/** Reads the options of `add_job`, plain data. `now`: seconds in `eta` count from then. Throws a TypeError that names what is wrong. */
export function readOptions(options: unknown, standardPriority: number, now: number): SubJobOptions {
  if (!isPlainObject(options)) {
    throw new TypeError(`The options of add_job are an object with any of ${KNOWN.join(', ')}.`);
  }
  const unknown = Object.keys(options).find((key) => !KNOWN.includes(key));
  if (unknown !== undefined) {
    throw new TypeError(`add_job has no option ${JSON.stringify(unknown)}. There are ${KNOWN.join(', ')}.`);
  }
  const given = options;
  return {
    priority: readCount(given, 'priority', HIGHEST_PRIORITY) ?? standardPriority,
    eta: readEta(given.eta, now),
    maxRetries: readCount(given, 'max_retries', MOST_RETRIES),
    identityKey: readText(given, 'identity_key'),
    description: readText(given, 'description'),
  };
}

function readCount(given: Readonly<Record<string, unknown>>, key: string, most: number): number | null {
  const value = given[key] ?? null;
  if (value === null) return null;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw new TypeError(`${key} of add_job is a whole number from 0 to ${most}.`);
}

function readText(given: Readonly<Record<string, unknown>>, key: string): string | null {
  const value = given[key] ?? null;
  if (value === null) return null;
  if (typeof value === 'string' && value !== '' && value.length <= LONGEST_TEXT) return value;
  throw new TypeError(`${key} of add_job is text of 1 to ${LONGEST_TEXT} characters.`);
}

function readEta(value: unknown, now: number): number | null {
  if (value === undefined || value === null) return null;
  const at = timeOf(value, now);
  if (at >= 0 && at <= LATEST) return Math.trunc(at);
  throw new TypeError(
    'eta of add_job is a Date, a time like "2026-12-01T02:00:00Z", or a number of seconds from now.',
  );
}

/** NaN when it is no time. */
function timeOf(value: unknown, now: number): number {
  if (value instanceof Date) return value.getTime();
  if (typeof value === 'number') return now + value * 1000;
  return typeof value === 'string' ? Date.parse(parseInstant(value) ?? '') : Number.NaN;
}
