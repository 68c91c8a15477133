import type { Body } from './body.ts';
import type { Crossing } from './crossing.ts';
import { eitherOf } from './either-of.ts';
import type { Answer } from './exchange.ts';
import { type FetchRequest, type Lend, parseFetchRequest, type RedirectMode } from './fetch-request.ts';
import type { HeaderPair } from './headers.ts';
import { sendHop } from './hop.ts';
import { MAX_REDIRECTS } from './limits.ts';
import { locationOf, redirected } from './redirect.ts';
import { resealed } from './sealed/reseal.ts';
import type { Receiving } from './spool/receive.ts';
import type { Spooled } from './spool/spooled.ts';

/** What `fetch` gives to the realm. */
export interface FetchResult {
  readonly status: number;
  readonly statusText: string;
  readonly url: string;
  readonly redirected: boolean;
  readonly headers: readonly HeaderPair[];
  /** A large body stays in the spool, see `fetch_body`; its handle is for the same job only. */
  readonly body: Uint8Array | KeptBody;
}

export interface KeptBody {
  readonly handle: string;
  readonly size: number;
}

/**
 * The operation `fetch(request)`; a number as `abort` of the request is for `fetch_abort`. Throws a TypeError for a malformed
 * request or a failing network, a `Refusal` for a rule.
 */
export async function gateFetch(crossing: Crossing, [argument]: readonly unknown[]): Promise<FetchResult> {
  const number = abortNumberOf(argument);
  if (number === undefined) return fetchOnce(crossing, argument);
  const request = crossing.aborts.begin(crossing.origin.signal, number);
  const { signal, forget } = eitherOf(crossing.signal, request.signal);
  try {
    return await fetchOnce({ ...crossing, signal }, argument);
  } finally {
    forget();
    request.end();
  }
}

/** The operation `fetch_abort(number)`: gives up the request that had this number as `abort`. */
export async function abortFetch({ aborts, origin }: Crossing, [number]: readonly unknown[]): Promise<void> {
  aborts.abort(origin.signal, number);
}

const abortNumberOf = (argument: unknown): number | undefined =>
  typeof argument === 'object' &&
  argument !== null &&
  'abort' in argument &&
  typeof argument.abort === 'number'
    ? argument.abort
    : undefined;

async function fetchOnce(crossing: Crossing, argument: unknown): Promise<FetchResult> {
  const { origin, budget, bodies, spool } = crossing;
  const projectId = origin.project.project.id;
  const hold = budget.open(projectId);
  let lent: Spooled | undefined;
  const lend: Lend = (handle, isLast) => {
    lent = bodies.lend(origin, handle, isLast);
    return lent;
  };
  try {
    const { request, redirect } = parseFetchRequest(argument, lend);
    if (request.body instanceof Uint8Array) hold.add(request.body.byteLength);
    const open = () => spool.open(projectId);
    return await follow(crossing, request, redirect, { hold, spool: { open, ms: spool.limits.ms } });
  } finally {
    hold.release();
    lent?.release();
  }
}

async function follow(
  crossing: Crossing,
  first: FetchRequest,
  redirect: RedirectMode,
  receiving: Receiving,
): Promise<FetchResult> {
  const isSecret = (text: string) => crossing.masker.contains(text);
  const wantsBody = (status: number, headers: readonly HeaderPair[]) =>
    redirect === 'manual' || locationOf(status, headers) === undefined;
  let request = first;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const sent = await sendHop(crossing, request, { ...receiving, wantsBody });
    const answer = resealed(sent, request, crossing.origin.seals);
    const location = redirect === 'manual' ? undefined : locationOf(answer.status, answer.headers);
    if (location === undefined) return resultOf(crossing, answer, request, redirects > 0);
    if (redirect === 'error')
      throw new TypeError('fetch failed: the answer is a redirect, which the request refuses');
    request = redirected(request, answer.status, location, isSecret);
  }
  throw new TypeError(`fetch failed: more than ${MAX_REDIRECTS} redirects`);
}

const resultOf = (
  crossing: Crossing,
  answer: Answer,
  { destination }: FetchRequest,
  isRedirected: boolean,
): FetchResult => ({
  status: answer.status,
  statusText: answer.statusText,
  url: destination.url.href,
  redirected: isRedirected,
  headers: answer.headers,
  body: givenBody(crossing, answer.body),
});

const givenBody = ({ bodies, origin }: Crossing, body: Body): FetchResult['body'] =>
  body instanceof Uint8Array ? body : { handle: bodies.keep(origin, body), size: body.byteLength };
