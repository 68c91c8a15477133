import { deserialize, serialize } from 'node:v8';
import { type Frame, type Head, MAX_FRAME_BYTES } from '../../../../sandbox/wire/frames.ts';
import { AppError } from '../../../app-error.ts';

/*
 * Frames between the server and a reader. Values are structured clones, which take less than half the time of the
 * tagged values that runners send.
 *
 *     server  [id, verb]            arguments: one query, answered before the next is sent
 *     reader  ['ready']             once
 *             ['failed', message]   it cannot open the database
 *             ['value', id]         what the read gave
 *             ['error', id]         what the read threw: a `ThrownError`
 */

/** What a read threw. `status` tells an `AppError` from other errors. */
export interface ThrownError {
  readonly name: string;
  readonly message: string;
  readonly code: string | undefined;
  readonly status: number | undefined;
  readonly details: unknown;
}

/** A head needs little. */
const MOST_VALUE_BYTES = MAX_FRAME_BYTES - 1024;

/** What `FrameWriter.send` takes. */
export type Sent = readonly [head: Head, parts: readonly Uint8Array[]];

/** Throws for what is no plain value. */
export const queryFrame = (id: number, verb: string, args: readonly unknown[]): Sent => [
  [id, verb],
  [serialize(args)],
];

/** A value too large to be sent becomes an error. */
export function valueFrame(id: number, value: unknown): Sent {
  const bytes = serialize(value);
  if (bytes.byteLength > MOST_VALUE_BYTES) throw tooLarge();
  return [['value', id], [bytes]];
}

export const errorFrame = (id: number, error: unknown): Sent => [
  ['error', id],
  [serialize(plainError(error))],
];

/** The value in a frame. Throws when there is none. */
export const valueIn = ({ parts }: Frame): unknown => deserialize(parts[0] ?? new Uint8Array());

function plainError(error: unknown): ThrownError {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  if (error instanceof AppError) {
    return { name, message, code: error.code, status: error.status, details: error.details };
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  return { name, message, code, status: undefined, details: undefined };
}

/** The error again, as an `AppError` if it was one. */
export function errorFrom({ name, message, code, status, details }: ThrownError): Error {
  if (code !== undefined && status !== undefined) return new AppError(code, status, message, { details });
  const error = new Error(message);
  Object.defineProperty(error, 'name', { value: name, configurable: true });
  return code === undefined ? error : Object.assign(error, { code });
}

const tooLarge = (): AppError =>
  new AppError(
    'query_limit',
    422,
    `What this query found is larger than ${MAX_FRAME_BYTES / 1024 ** 2} MB, which is the limit. Ask for fewer rows at once.`,
    { details: { limit: 'bytes', bytes: MAX_FRAME_BYTES } },
  );
