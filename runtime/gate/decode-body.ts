import { pipeline, Readable, type Transform } from 'node:stream';
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib';
import { type HeaderPair, listHeader } from './headers.ts';
import { MAX_CODINGS } from './limits.ts';
import { AnswerError } from './network-error.ts';

type Pieces = AsyncIterable<Uint8Array>;
/** Makes what undoes a coding; `first`: the beginning of the body. */
type MakeDecoder = (first: Uint8Array) => Transform;

const CHUNKS = { chunkSize: 64 * 1024 };
/** 8 MB, the largest window that RFC 9659 lets servers use; without a bound an answer could ask for 128 MB. */
const ZSTD = { ...CHUNKS, params: { [constants.ZSTD_d_windowLogMax]: 23 } };

const DECODERS: ReadonlyMap<string, MakeDecoder> = new Map<string, MakeDecoder>([
  ['gzip', () => createGunzip(CHUNKS)],
  ['x-gzip', () => createGunzip(CHUNKS)],
  ['deflate', (first) => (isZlib(first) ? createInflate(CHUNKS) : createInflateRaw(CHUNKS))],
  ['br', () => createBrotliDecompress(CHUNKS)],
  ['zstd', () => createZstdDecompress(ZSTD)],
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

/**
 * Undoes the codings one after the other, piece by piece: no more is decoded than is asked for, so who reads bounds it.
 * Throws an `AnswerError` when a body is malformed, and what `pieces` throws. A body without bytes has no coding.
 */
export const decodeBody = (pieces: Pieces, codings: readonly string[]): Pieces =>
  codings.reduce((coded, coding) => decode(coded, coding), pieces);

async function* decode(pieces: Pieces, coding: string): AsyncGenerator<Uint8Array, void> {
  const source = pieces[Symbol.asyncIterator]();
  let first = await source.next();
  while (!first.done && first.value.length === 0) first = await source.next();
  const make = DECODERS.get(coding);
  if (first.done || make === undefined) return;
  const decoder = make(first.value);
  let failure: unknown;
  const sent = Readable.from(continued(first.value, source, (error) => (failure ??= error)));
  // Its error comes out of `decoder` below, where somebody waits for it.
  pipeline(sent, decoder, () => {});
  try {
    for await (const piece of decoder) yield piece;
  } catch {
    throw failure ?? new AnswerError(`a body that is not valid ${coding}`);
  } finally {
    sent.destroy();
  }
}

/** `first` and what follows it; an error of what follows is told apart from those of decoding. */
async function* continued(
  first: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
  onError: (error: unknown) => void,
): AsyncGenerator<Uint8Array, void> {
  try {
    yield first;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } catch (error) {
    onError(error);
    throw error;
  } finally {
    await rest.return?.();
  }
}
