import type { Body } from './body.ts';
import { type Destination, parseDestination } from './destination.ts';
import { checkHeaders, checkMethod, type HeaderPair } from './headers.ts';
import { MAX_REQUEST_BODY } from './limits.ts';
import { parseSign, type SignSpec } from './sign/sign-spec.ts';

export type RedirectMode = 'follow' | 'manual' | 'error';

/** One request to one destination; a redirect makes another one. */
export interface FetchRequest {
  readonly method: string;
  readonly destination: Destination;
  readonly headers: readonly HeaderPair[];
  readonly body: Body | null;
  /** How it is signed before it is sent. */
  readonly sign: SignSpec | null;
}

const REDIRECT_MODES: readonly unknown[] = ['follow', 'manual', 'error'] satisfies RedirectMode[];

/** The body behind a handle; `isLast`: the handle is not used again. Throws for one that is not the caller's. */
export type Lend = (handle: unknown, isLast: boolean) => Body;

/**
 * Reads the argument of `fetch`, `{method, url, headers, body, redirect, sign?}`, where `body` is bytes, or `{handle, last}` of
 * a body that the gate keeps. It comes from a process that runs other people's code: nothing about it is taken for granted.
 * Throws a TypeError that says what is wrong.
 */
export function parseFetchRequest(
  argument: unknown,
  lend: Lend,
): { request: FetchRequest; redirect: RedirectMode } {
  if (typeof argument !== 'object' || argument === null) throw new TypeError('fetch takes one request');
  const { method, url, headers, body, redirect, sign } = argument as Record<string, unknown>;
  if (typeof url !== 'string') throw new TypeError('fetch takes the URL as a string');
  if (!REDIRECT_MODES.includes(redirect)) {
    throw new TypeError('The redirect mode of a request is follow, manual or error');
  }
  const request = Object.freeze({
    method: checkMethod(method),
    destination: parseDestination(url),
    headers: checkHeaders(headers),
    body: checkBody(body, lend),
    sign: parseSign(sign),
  });
  if (request.body !== null && (request.method === 'GET' || request.method === 'HEAD')) {
    throw new TypeError(`A ${request.method} request has no body`);
  }
  return { request, redirect: redirect as RedirectMode };
}

function checkBody(body: unknown, lend: Lend): Body | null {
  if (body === null || body === undefined) return null;
  if (isReference(body)) return lend(body.handle, body.last === true);
  if (!(body instanceof Uint8Array)) throw new TypeError('fetch takes the body of a request as bytes');
  if (body.byteLength > MAX_REQUEST_BODY) {
    throw new TypeError(`The body of a request is larger than ${MAX_REQUEST_BODY} bytes`);
  }
  return body;
}

const isReference = (body: unknown): body is { readonly handle: unknown; readonly last?: unknown } =>
  typeof body === 'object' && body !== null && Object.hasOwn(body, 'handle');
