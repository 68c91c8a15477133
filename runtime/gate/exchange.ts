import { Readable } from 'node:stream';
import type { Dispatcher, Pool } from 'undici';
import type { Body } from './body.ts';
import { codingsOf, decodeBody } from './decode-body.ts';
import type { FetchRequest } from './fetch-request.ts';
import { type HeaderPair, readHeaders, withoutHeaders } from './headers.ts';
import { MAX_HEADERS_OF_ANSWER, MAX_INTERIM_ANSWERS } from './limits.ts';
import { AnswerError } from './network-error.ts';
import { type Receiving, receive } from './spool/receive.ts';

export interface Answer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: readonly HeaderPair[];
  /** Decoded. */
  readonly body: Body;
  /** Of the body, as they came. */
  readonly receivedBytes: number;
}

export interface ExchangeOptions extends Receiving {
  readonly signal: AbortSignal;
  /** Says no to answers whose body nobody will read; their connection is ended. */
  wantsBody(status: number, headers: readonly HeaderPair[]): boolean;
}

/** Sends one request and reads its answer. Rejects with errors of undici, the signal's reason or an `AnswerError`. */
export async function exchange(pool: Pool, request: FetchRequest, options: ExchangeOptions): Promise<Answer> {
  const { url } = request.destination;
  const response = await pool.request({
    method: request.method,
    path: `${url.pathname}${url.search}`,
    headers: headersOf(request),
    body: sendable(request.body),
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
  return { status, statusText, ...(await receiveBody(body, headers, options)) };
}

const sendable = (body: Body | null): Uint8Array | Readable | null =>
  body === null || body instanceof Uint8Array ? body : Readable.from(body, { objectMode: false });

/** A body that is not in memory has no length by itself. */
function headersOf({ headers, body }: FetchRequest): string[] {
  const flat = headers.flat();
  return body === null || body instanceof Uint8Array
    ? flat
    : [...flat, 'content-length', `${body.byteLength}`];
}

/** The body of an answer and the headers that go with it once it is decoded. */
async function receiveBody(
  body: Dispatcher.ResponseData['body'],
  headers: readonly HeaderPair[],
  options: Receiving,
): Promise<Pick<Answer, 'headers' | 'body' | 'receivedBytes'>> {
  let receivedBytes = 0;
  async function* counted(): AsyncGenerator<Uint8Array, void> {
    for await (const piece of body) {
      receivedBytes += piece.length;
      yield piece;
    }
  }
  try {
    const codings = codingsOf(headers);
    const received = await receive(decodeBody(counted(), codings), options);
    const isCoded = codings.length > 0 && receivedBytes > 0;
    const kept = isCoded ? withoutHeaders(headers, ['content-encoding', 'content-length']) : headers;
    return { headers: kept, body: received, receivedBytes };
  } catch (error) {
    discard(body);
    throw error;
  }
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
