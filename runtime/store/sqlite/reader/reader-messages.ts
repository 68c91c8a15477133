import { AppError } from '../../../app-error.ts';

/** What the server sends to a reader, one at a time. The number comes back with the answer. */
export type ReadRequest = readonly [id: number, verb: string, args: readonly unknown[]];

/** What a read threw. `status` tells an `AppError` from other errors. */
export interface ThrownError {
  readonly name: string;
  readonly message: string;
  readonly code: string | undefined;
  readonly status: number | undefined;
  readonly details: unknown;
}

/** What a reader sends: once that it is ready, or why it cannot be; then an answer to each request. */
export type ReaderMessage = { readonly ready: true } | { readonly failed: string } | ReadAnswer;

export type ReadAnswer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: ThrownError };

/** The error as plain data. */
export function plainError(error: unknown): ThrownError {
  if (!(error instanceof Error)) {
    return { name: 'Error', message: String(error), code: undefined, status: undefined, details: undefined };
  }
  const { name, message } = error;
  if (error instanceof AppError) {
    return { name, message, code: error.code, status: error.status, details: error.details };
  }
  const code = 'code' in error ? String(error.code) : undefined;
  return { name, message, code, status: undefined, details: undefined };
}

/** The error again, as an `AppError` if it was one. */
export function errorFrom({ name, message, code, status, details }: ThrownError): Error {
  if (code !== undefined && status !== undefined) return new AppError(code, status, message, { details });
  const error = new Error(message);
  Object.defineProperty(error, 'name', { value: name, configurable: true });
  return code === undefined ? error : Object.assign(error, { code });
}
