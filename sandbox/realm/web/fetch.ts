import { onceAborted } from './abort.ts';
import type { Call } from './content.ts';
import { plainRequest, Request, type RequestOptions } from './request.ts';
import { fetchedResponse, type PlainResponse, type Response } from './response.ts';

function checkScheme(url: string): void {
  if (url.startsWith('http:') || url.startsWith('https:')) return;
  throw new TypeError('fetch takes http and https URLs only');
}

/** Whatever stopped the request is a TypeError here, with the reason as its message, as the standard wants it. */
function failure(error: unknown): TypeError {
  return new TypeError(error instanceof Error ? error.message : 'fetch failed', { cause: error });
}

const ignore = (): void => {};

/** `sign`: how the gate signs the request. It is handed on as it is; the gate checks it. */
export interface FetchOptions extends RequestOptions {
  readonly sign?: unknown;
}

export type Fetch = (input: unknown, options?: FetchOptions) => Promise<Response>;

/** `fetch` of one job. Aborting rejects at once; an answer that comes later is dropped, with its body. */
export function createFetch(call: Call): Fetch {
  const asking: Call = (operation, argument) =>
    call(operation, argument).catch((error: unknown) => Promise.reject(failure(error)));

  return async function fetch(input, options) {
    const request = new Request(input, options);
    const { signal } = request;
    checkScheme(request.url);
    signal.throwIfAborted();
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const forget = onceAborted(signal, () => reject(signal.reason));
    try {
      const plain = plainRequest(request);
      const sign = options?.sign;
      const answer = call('fetch', sign === undefined ? plain : { ...plain, sign }).then(
        (given) => fetchedResponse(given as PlainResponse, asking),
        (error: unknown) => Promise.reject(failure(error)),
      );
      answer.then(async (response) => signal.aborted && response.body?.cancel()).catch(ignore);
      return await Promise.race([answer, aborted]);
    } finally {
      forget();
    }
  };
}
