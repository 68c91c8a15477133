import { LONGEST_ERROR_TEXT } from '../wire/text-bounds.ts';

/** Errors of user code, taken apart with care: anything may have been thrown, and any of its properties may throw. */

export interface ErrorParts {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

function text(read: () => unknown, fallback: string): string {
  try {
    const value = read();
    return typeof value === 'string' ? value.slice(0, LONGEST_ERROR_TEXT) : fallback;
  } catch {
    return fallback;
  }
}

/** Name, message and stack of whatever was thrown, each of bounded length. */
export function takeApart(thrown: unknown): ErrorParts {
  if (typeof thrown !== 'object' || thrown === null) {
    return { name: 'Error', message: text(() => String(thrown), 'a value that has no text'), stack: '' };
  }
  const error = thrown as { name?: unknown; message?: unknown; stack?: unknown };
  return {
    name: text(() => error.name, 'Error'),
    message: text(
      () => error.message,
      text(() => JSON.stringify(thrown), 'an object was thrown'),
    ),
    stack: text(() => error.stack, ''),
  };
}

class NamedError extends Error {
  constructor(message?: string, options?: ErrorOptions) {
    super(message, options);
    Object.defineProperty(this, 'name', { value: new.target.name, configurable: true, writable: true });
  }
}

/** Something the user did; its message is for them. */
export class UserError extends NamedError {}
/** Data that does not fit. */
export class ValidationError extends NamedError {}
/** The job is tried again later, from the start. */
export class RetryableJobError extends NamedError {}

/** Where each error that came from a rejected call came from: the number of that call. Errors of dead jobs are collected. */
const callOf = new WeakMap<object, number>();

export const callBehind = (thrown: unknown): number =>
  (typeof thrown === 'object' && thrown !== null && callOf.get(thrown)) || 0;

/**
 * The error that a job sees when a call of it was refused or failed: name and message from outside, the stack of the
 * place in its own code that made the call.
 */
export function callError(name: string, message: string, site: string, callId: number): Error {
  const error = makeError(name, message);
  const frames = site.indexOf('\n');
  const stack = `${name}: ${message}${frames < 0 ? '' : site.slice(frames)}`;
  Object.defineProperty(error, 'stack', { value: stack, configurable: true, writable: true });
  callOf.set(error, callId);
  return error;
}

function makeError(name: string, message: string): Error {
  if (name === 'RetryableJobError') return new RetryableJobError(message);
  if (name === 'UserError') return new UserError(message);
  if (name === 'ValidationError') return new ValidationError(message);
  if (name === 'TypeError') return new TypeError(message);
  if (name === 'RangeError') return new RangeError(message);
  const error = new Error(message);
  Object.defineProperty(error, 'name', { value: name, configurable: true, writable: true });
  return error;
}
