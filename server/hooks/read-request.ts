import type { IncomingMessage } from 'node:http';
import type { HookHead } from '../../runtime/webhook/edge/head.ts';
import type { HttpRequestData } from '../../sandbox/types.ts';
import type { Ticket } from './admission.ts';
import { parsePairs, parsePairsInTurns } from './form-pairs.ts';
import type { HookPath } from './hook-path.ts';
import { HookRefusal } from './hook-refusal.ts';
import { mediaTypeOf, parameterOf } from './media-type.ts';
import { type Form, parseMultipart, tooManyParts } from './multipart.ts';
import { headerPairs, parseCookies } from './pairs.ts';
import { readBody } from './read-body.ts';
import { remoteAddress } from './remote-address.ts';

export interface ReadOptions {
  /** Largest body in bytes. */
  readonly maxBody: number;
  /** Where hooks are reached, without a slash at the end. */
  readonly hookUrl: string;
  readonly trustedProxy: (address: string) => boolean;
}

const NOTHING = new Uint8Array(0);
const NO_FORM: Form = Object.freeze({ form: Object.freeze([]), files: Object.freeze([]) });

/**
 * The request as its handler gets it. Only the content type decides how the body is read: a form fills `form` and
 * `files`, everything else stays bytes in `data`. A urlencoded form stays in `data` too: Slack and Twilio sign those bytes.
 */
export async function readRequest(
  request: IncomingMessage,
  path: HookPath,
  options: ReadOptions,
  ticket: Pick<Ticket, 'hold'>,
): Promise<HttpRequestData> {
  const head = readHead(request, path, options);
  return takeApart(head, request, await readBody(request, options.maxBody, ticket));
}

/** What is known before the body is read. */
export function readHead(
  request: IncomingMessage,
  path: HookPath,
  options: Omit<ReadOptions, 'maxBody'>,
): HookHead {
  return {
    method: request.method ?? 'GET',
    url: `${options.hookUrl}${request.url}`,
    path: path.rest,
    args: parsePairs(path.query, 'arguments'),
    cookies: parseCookies(request.headers.cookie),
    headers: headerPairs(request.rawHeaders),
    remote_addr: remoteAddress(
      request.socket.remoteAddress,
      forwardedFor(request.headers['x-forwarded-for']),
      options.trustedProxy,
    ),
  };
}

/** The whole request; 413 when its form has more than `maxParts` parts, 400 when it is not what its header says. */
export async function takeApart(
  head: HookHead,
  request: IncomingMessage,
  body: Uint8Array,
  maxParts?: number,
): Promise<HttpRequestData> {
  const type = request.headers['content-type'] ?? '';
  const { form, files } = await readForm(type, body, maxParts);
  return { ...head, form, files, data: isMultipart(type) ? NOTHING : body };
}

const isMultipart = (type: string) => mediaTypeOf(type) === 'multipart/form-data';

async function readForm(type: string, body: Uint8Array, maxParts?: number): Promise<Form> {
  if (isMultipart(type)) {
    const boundary = parameterOf(type, 'boundary');
    if (!boundary || boundary.length > 200) {
      throw new HookRefusal(400, 'The content type multipart/form-data has no usable boundary.');
    }
    return parseMultipart(body, boundary, maxParts);
  }
  if (mediaTypeOf(type) !== 'application/x-www-form-urlencoded') return NO_FORM;
  const form = await parsePairsInTurns(body, 'form fields');
  if (maxParts !== undefined && form.length > maxParts) throw tooManyParts(maxParts);
  return { form, files: [] };
}

const forwardedFor = (header: string | readonly string[] | undefined): string | undefined =>
  typeof header === 'object' ? header.join(',') : header;
