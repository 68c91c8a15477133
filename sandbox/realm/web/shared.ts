import { AbortController, AbortSignal } from './abort.ts';
import { atob, b64decode, b64encode, btoa } from './base64.ts';
import { Blob, File } from './blob.ts';
import { crypto } from './crypto.ts';
import { CryptoKey } from './crypto-key.ts';
import { DOMException } from './dom-exception.ts';
import { Event } from './event.ts';
import { EventTarget } from './event-target.ts';
import { FormData } from './form-data.ts';
import { Headers } from './headers.ts';
import { useHost, type WebHost } from './host.ts';
import { html2plaintext } from './html-to-text.ts';
import { queueMicrotask } from './microtask.ts';
import { ReadableStream } from './readable-stream.ts';
import { Request } from './request.ts';
import { Response } from './response.ts';
import { structuredClone } from './structured-clone.ts';
import { TextDecoder, TextEncoder } from './text-encoding.ts';
import { URL } from './url.ts';
import { URLSearchParams } from './url-search-params.ts';

/**
 * The web globals that all jobs of a realm share: they keep no state beyond their instances. Called once, before user
 * code; the caller hardens the result. `AbortSignal` is without `timeout` here: see `createJobWeb`.
 */
export function createSharedWeb(host: WebHost): Record<string, unknown> {
  useHost(host);
  // `ses` replaced Error after this class was made; the Error it was made with must not be found through it.
  Object.setPrototypeOf(DOMException, Error);
  const globals = {
    AbortController,
    AbortSignal,
    Blob,
    CryptoKey,
    DOMException,
    Event,
    EventTarget,
    File,
    FormData,
    Headers,
    ReadableStream,
    Request,
    Response,
    TextDecoder,
    TextEncoder,
    URL,
    URLSearchParams,
    atob,
    b64decode,
    b64encode,
    btoa,
    crypto,
    html2plaintext,
    queueMicrotask,
    structuredClone,
  };
  // The bundler shortens names; what users see has its own.
  for (const [name, value] of Object.entries(globals)) {
    if (typeof value === 'function') Object.defineProperty(value, 'name', { value: name });
  }
  return globals;
}
