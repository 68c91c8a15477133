import { type Destination, fullName } from './destination.ts';
import { BODY_MS, CONNECT_MS, HEADERS_MS, MAX_RESPONSE_HEADERS } from './limits.ts';

const seconds = (ms: number): string => `${ms / 1000} seconds`;

/** What happened, by the codes of Node.js, OpenSSL and undici; the sentence goes on with the place. */
const SENTENCES: ReadonlyMap<string, string> = new Map([
  ['EAI_AGAIN', 'cannot look up the name of'],
  ['ENOTFOUND', 'no such host:'],
  ['ETIMEOUT', 'looking up the name took too long for'],
  ['ECONNREFUSED', 'connection refused by'],
  ['ECONNRESET', 'connection closed by'],
  ['EPIPE', 'connection closed by'],
  ['UND_ERR_SOCKET', 'connection closed by'],
  ['EHOSTUNREACH', 'no route to'],
  ['ENETUNREACH', 'no route to'],
  ['EADDRNOTAVAIL', 'no route to'],
  ['ETIMEDOUT', 'connecting took too long to'],
  ['UND_ERR_CONNECT_TIMEOUT', `no connection within ${seconds(CONNECT_MS)} to`],
  ['UND_ERR_HEADERS_TIMEOUT', `no answer within ${seconds(HEADERS_MS)} from`],
  ['UND_ERR_BODY_TIMEOUT', `the answer stopped for ${seconds(BODY_MS)} from`],
  ['UND_ERR_HEADERS_OVERFLOW', `headers larger than ${MAX_RESPONSE_HEADERS} bytes from`],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'a body of another length than announced from'],
  ['CERT_HAS_EXPIRED', 'the certificate has expired of'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'the certificate is not trusted of'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'the certificate is not trusted of'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'the certificate is not trusted of'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'the certificate is not trusted of'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'the certificate is for another host than'],
]);

/** A failure that is told to user code in its own words. */
export class AnswerError extends Error {}

export const tooLarge = (most: number): AnswerError => new AnswerError(`a body larger than ${most} bytes`);

/**
 * The error for user code, which says what (`what`) failed, how, and with whom. It carries nothing else of `error`: messages of
 * the network's layers may hold local addresses, paths and pieces of what was sent.
 */
export function networkError(error: unknown, destination: Destination, what = 'fetch'): TypeError {
  return new TypeError(`${what} failed: ${sentenceOf(error)} ${fullName(destination)}`);
}

function sentenceOf(error: unknown): string {
  if (error instanceof AnswerError) return `${error.message} from`;
  const code = codeOf(error);
  const known = SENTENCES.get(code);
  if (known !== undefined) return known;
  if (error instanceof Error && error.name === 'HTTPParserError') return 'an answer that is not HTTP from';
  if (/SSL|TLS|CERT/.test(code)) return 'no secure connection to';
  return 'the connection failed to';
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
