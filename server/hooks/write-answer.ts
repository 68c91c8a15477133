import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HookAnswer } from '../../runtime/runtime.ts';
import { BODILESS } from '../../runtime/webhook/answer.ts';

/**
 * Headers of every answer while hooks share an origin with the console: a page that a project sends can then neither run
 * scripts there nor be taken for something else.
 */
const SANDBOXED = [
  'Content-Security-Policy',
  "sandbox; default-src 'none'",
  'X-Content-Type-Options',
  'nosniff',
];

/** Writes head and body at once; the works have chosen which headers may be sent. What cannot be written becomes a 500. */
export function writeAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  answer: HookAnswer,
  ownOrigin: boolean,
): void {
  if (response.destroyed || response.headersSent) return;
  const head = ownOrigin ? [] : [...SANDBOXED];
  for (const [name, value] of answer.headers) head.push(name, value);
  const bodiless = BODILESS.has(answer.status);
  if (!bodiless) head.push('Content-Length', String(Buffer.byteLength(answer.body)));
  try {
    response.writeHead(answer.status, head);
  } catch {
    writeRefusal(response, 500, 'The answer of this webhook is not valid.');
    return;
  }
  if (bodiless || request.method === 'HEAD') response.end();
  else response.end(answer.body);
}

/** A plain text answer of the server itself. `close` also ends the connection: the rest of the request is not read. */
export function writeRefusal(
  response: ServerResponse,
  status: number,
  message: string,
  options: { readonly close?: boolean; readonly retryAfter?: number } = {},
): void {
  if (response.destroyed || response.headersSent) return;
  const text = `${message}\n`;
  const head = [...SANDBOXED, 'Content-Type', 'text/plain; charset=utf-8'];
  head.push('Content-Length', String(Buffer.byteLength(text)));
  if (options.retryAfter !== undefined) head.push('Retry-After', String(options.retryAfter));
  if (options.close) head.push('Connection', 'close');
  response.writeHead(status, head);
  response.end(text);
}
