import type { Dispatcher, Pool } from 'undici';
import type { Hold } from './budget.ts';
import { Collector } from './collector.ts';
import { codingsOf, decodeBody, tooLarge } from './decode-body.ts';
import type { FetchRequest } from './fetch-request.ts';
import { type HeaderPair, readHeaders, withoutHeaders } from './headers.ts';
import { MAX_HEADERS_OF_ANSWER, MAX_INTERIM_ANSWERS, MAX_RESPONSE_BODY } from './limits.ts';
import { AnswerError } from './network-error.ts';

export interface Answer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: readonly HeaderPair[];
  /** Decoded. */
  readonly body: Uint8Array;
  /** Of the body, as they came. */
  readonly receivedBytes: number;
}

export interface ExchangeOptions {
  readonly signal: AbortSignal;
  /** Counts what is held of the answer. */
  readonly hold: Hold;
  /** Says no to answers whose body nobody will read; their connection is ended. */
  wantsBody(status: number, headers: readonly HeaderPair[]): boolean;
}

/** Sends one request and reads its answer. Rejects with errors of undici, the signal's reason or an `AnswerError`. */
export async function exchange(pool: Pool, request: FetchRequest, options: ExchangeOptions): Promise<Answer> {
  const { url } = request.destination;
  const response = await pool.request({
    method: request.method,
    path: `${url.pathname}${url.search}`,
    headers: request.headers.flat(),
    body: request.body,
    signal: options.signal,
    responseHeaders: 'raw',
    onInfo: countInterim(),
  });
  const { statusCode: status, statusText, body } = response;
  const list = rawList(response.headers);
  if (list.length > MAX_HEADERS_OF_ANSWER * 2) {
    discard(body);
    throw new AnswerError(`more than ${MAX_HEADERS_OF_ANSWER} headers`);
  }
  const headers = readHeaders(list);
  if (!options.wantsBody(status, headers)) {
    discard(body);
    return { status, statusText, headers, body: new Uint8Array(), receivedBytes: 0 };
  }
  const received = await readAll(body, options.hold);
  const codings = received.length === 0 ? [] : codingsOf(headers);
  if (codings.length === 0) {
    return { status, statusText, headers, body: received, receivedBytes: received.length };
  }
  const decoded = await decodeBody(received, codings);
  options.hold.add(decoded.length);
  const kept = withoutHeaders(headers, ['content-encoding', 'content-length']);
  return { status, statusText, headers: kept, body: decoded, receivedBytes: received.length };
}

function countInterim(): () => void {
  let seen = 0;
  return () => {
    seen += 1;
    if (seen > MAX_INTERIM_ANSWERS) throw new AnswerError(`more than ${MAX_INTERIM_ANSWERS} interim answers`);
  };
}

/** `responseHeaders: 'raw'` makes it a list, whatever its type says. */
const rawList = (headers: unknown): readonly string[] =>
  Array.isArray(headers) ? headers.filter((item): item is string => typeof item === 'string') : [];

function discard(body: Dispatcher.ResponseData['body']): void {
  body.on('error', () => {});
  body.destroy();
}

async function readAll(body: AsyncIterable<Uint8Array>, hold: Hold): Promise<Uint8Array> {
  const collector = new Collector();
  for await (const piece of body) {
    if (collector.length + piece.length > MAX_RESPONSE_BODY) throw tooLarge();
    hold.add(piece.length);
    collector.add(piece);
  }
  return collector.bytes();
}
