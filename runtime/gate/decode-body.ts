import { promisify } from 'node:util';
import { brotliDecompress, constants, gunzip, inflate, inflateRaw, zstdDecompress } from 'node:zlib';
import { type HeaderPair, listHeader } from './headers.ts';
import { MAX_CODINGS, MAX_RESPONSE_BODY } from './limits.ts';
import { AnswerError } from './network-error.ts';

type Decode = (bytes: Uint8Array) => Promise<Uint8Array>;

/** Stops while decoding, as soon as there is more. */
const BOUNDED = { maxOutputLength: MAX_RESPONSE_BODY, chunkSize: 64 * 1024 };
/** 8 MB, the largest window that RFC 9659 lets servers use; without a bound an answer could ask for 128 MB. */
const ZSTD = { ...BOUNDED, params: { [constants.ZSTD_d_windowLogMax]: 23 } };

const gunzipAsync = promisify(gunzip);
const inflateAsync = promisify(inflate);
const inflateRawAsync = promisify(inflateRaw);
const brotliAsync = promisify(brotliDecompress);
const zstdAsync = promisify(zstdDecompress);

const DECODERS: ReadonlyMap<string, Decode> = new Map<string, Decode>([
  ['gzip', (bytes) => gunzipAsync(bytes, BOUNDED)],
  ['x-gzip', (bytes) => gunzipAsync(bytes, BOUNDED)],
  ['deflate', (bytes) => (isZlib(bytes) ? inflateAsync(bytes, BOUNDED) : inflateRawAsync(bytes, BOUNDED))],
  ['br', (bytes) => brotliAsync(bytes, BOUNDED)],
  ['zstd', (bytes) => zstdAsync(bytes, ZSTD)],
]);

/** `deflate` should be in zlib's format; some servers send it bare. */
const isZlib = ([first = 0]: Uint8Array): boolean => (first & 0x0f) === 8;

/**
 * The codings of a body, first the one to undo first; empty when there is nothing to undo, or one that is not known:
 * then the body stays as it was sent. Throws an `AnswerError` for more layers than anybody needs.
 */
export function codingsOf(headers: readonly HeaderPair[]): readonly string[] {
  const codings = listHeader(headers, 'content-encoding').filter((coding) => coding !== 'identity');
  if (codings.length > MAX_CODINGS) throw new AnswerError(`a body in more than ${MAX_CODINGS} codings`);
  return codings.every((coding) => DECODERS.has(coding)) ? codings.reverse() : [];
}

/** Undoes the codings one by one. Throws an `AnswerError` when a body is malformed or becomes too large. */
export async function decodeBody(body: Uint8Array, codings: readonly string[]): Promise<Uint8Array> {
  let decoded = body;
  for (const coding of codings) {
    if (decoded.length > 0) decoded = await decode(decoded, coding);
  }
  return decoded;
}

async function decode(bytes: Uint8Array, coding: string): Promise<Uint8Array> {
  try {
    return (await DECODERS.get(coding)?.(bytes)) ?? bytes;
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge();
    throw new AnswerError(`a body that is not valid ${coding}`);
  }
}

export const tooLarge = (): AnswerError => new AnswerError(`a body larger than ${MAX_RESPONSE_BODY} bytes`);
