import type { IncomingMessage } from 'node:http';
import type { HttpRequestData } from '../../sandbox/types.ts';
import type { Ticket } from './admission.ts';
import { parsePairs, parsePairsInTurns } from './form-pairs.ts';
import type { HookPath } from './hook-path.ts';
import { HookRefusal } from './hook-refusal.ts';
import { mediaTypeOf, parameterOf } from './media-type.ts';
import { type Form, parseMultipart } from './multipart.ts';
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
  const headers = headerPairs(request.rawHeaders);
  const args = parsePairs(path.query, 'arguments');
  const body = await readBody(request, options.maxBody, ticket);
  const type = request.headers['content-type'] ?? '';
  const { form, files } = await readForm(type, body);
  return {
    method: request.method ?? 'GET',
    url: `${options.hookUrl}${request.url}`,
    path: path.rest,
    args,
    form,
    files,
    cookies: parseCookies(request.headers.cookie),
    headers,
    data: isMultipart(type) ? NOTHING : body,
    remote_addr: remoteAddress(
      request.socket.remoteAddress,
      forwardedFor(request.headers['x-forwarded-for']),
      options.trustedProxy,
    ),
  };
}

const isMultipart = (type: string) => mediaTypeOf(type) === 'multipart/form-data';

async function readForm(type: string, body: Uint8Array): Promise<Form> {
  if (isMultipart(type)) {
    const boundary = parameterOf(type, 'boundary');
    if (!boundary || boundary.length > 200) {
      throw new HookRefusal(400, 'The content type multipart/form-data has no usable boundary.');
    }
    return parseMultipart(body, boundary);
  }
  if (mediaTypeOf(type) !== 'application/x-www-form-urlencoded') return NO_FORM;
  return { form: await parsePairsInTurns(body, 'form fields'), files: [] };
}

const forwardedFor = (header: string | readonly string[] | undefined): string | undefined =>
  typeof header === 'object' ? header.join(',') : header;
