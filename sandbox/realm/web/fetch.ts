import { RetryableJobError } from '../errors.ts';
import { onceAborted } from './abort.ts';
import type { Call } from './content.ts';
import { plainRequest, Request, type RequestOptions } from './request.ts';
import { fetchedResponse, type PlainResponse, type Response } from './response.ts';

function checkScheme(url: string): void {
  if (url.startsWith('http:') || url.startsWith('https:')) return;
  throw new TypeError('fetch takes http and https URLs only');
}

/**
 * Whatever stopped the request is a TypeError here, with the reason as its message, as the standard wants it; but what runs the job
 * again stays what it is.
 */
function failure(error: unknown): Error {
  if (error instanceof RetryableJobError) return error;
  return new TypeError(error instanceof Error ? error.message : 'fetch failed', { cause: error });
}

const ignore = (): void => {};

/** `sign`: how the gate signs the request. It is handed on as it is; the gate checks it. */
export interface FetchOptions extends RequestOptions {
  readonly sign?: unknown;
}

export type Fetch = (input: unknown, options?: FetchOptions) => Promise<Response>;

/** `fetch` of one job. Aborting rejects at once and gives the request up; an answer that comes later is dropped, with its body. */
export function createFetch(call: Call): Fetch {
  const asking: Call = (operation, argument) =>
    call(operation, argument).catch((error: unknown) => Promise.reject(failure(error)));

  let requests = 0;

  return async function fetch(input, options) {
    const request = new Request(input, options);
    const { signal } = request;
    checkScheme(request.url);
    signal.throwIfAborted();
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    requests += 1;
    const number = requests;
    const forget = onceAborted(signal, () => {
      reject(signal.reason);
      call('fetch_abort', number).catch(ignore);
    });
    try {
      const { sign, signal: given } = options ?? {};
      const answer = call('fetch', {
        ...plainRequest(request),
        ...(sign === undefined ? {} : { sign }),
        // Without a signal of somebody, nothing can abort it.
        ...(input instanceof Request || (given ?? undefined) !== undefined ? { abort: number } : {}),
      }).then(
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
