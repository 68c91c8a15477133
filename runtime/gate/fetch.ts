import type { Hold } from './budget.ts';
import type { Crossing } from './crossing.ts';
import type { Answer } from './exchange.ts';
import { type FetchRequest, parseFetchRequest, type RedirectMode } from './fetch-request.ts';
import type { HeaderPair } from './headers.ts';
import { sendHop } from './hop.ts';
import { MAX_REDIRECTS } from './limits.ts';
import { locationOf, redirected } from './redirect.ts';
import { resealed } from './sealed/reseal.ts';

/** What `fetch` gives to the realm. */
export interface FetchResult {
  readonly status: number;
  readonly statusText: string;
  readonly url: string;
  readonly redirected: boolean;
  readonly headers: readonly HeaderPair[];
  readonly body: Uint8Array;
}

/** The operation `fetch(request)`. Throws a TypeError for a malformed request or a failing network, a `Refusal` for a rule. */
export async function gateFetch(crossing: Crossing, [argument]: readonly unknown[]): Promise<FetchResult> {
  const { request, redirect } = parseFetchRequest(argument);
  const hold = crossing.budget.open(crossing.origin.project.project.id);
  try {
    hold.add(request.body?.byteLength ?? 0);
    return await follow(crossing, request, redirect, hold);
  } finally {
    hold.release();
  }
}

async function follow(
  crossing: Crossing,
  first: FetchRequest,
  redirect: RedirectMode,
  hold: Hold,
): Promise<FetchResult> {
  const isSecret = (text: string) => crossing.masker.contains(text);
  const wantsBody = (status: number, headers: readonly HeaderPair[]) =>
    redirect === 'manual' || locationOf(status, headers) === undefined;
  let request = first;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const sent = await sendHop(crossing, request, { hold, wantsBody });
    const answer = resealed(sent, request, crossing.origin.seals);
    const location = redirect === 'manual' ? undefined : locationOf(answer.status, answer.headers);
    if (location === undefined) return resultOf(answer, request, redirects > 0);
    if (redirect === 'error')
      throw new TypeError('fetch failed: the answer is a redirect, which the request refuses');
    request = redirected(request, answer.status, location, isSecret);
  }
  throw new TypeError(`fetch failed: more than ${MAX_REDIRECTS} redirects`);
}

const resultOf = (answer: Answer, { destination }: FetchRequest, isRedirected: boolean): FetchResult => ({
  status: answer.status,
  statusText: answer.statusText,
  url: destination.url.href,
  redirected: isRedirected,
  headers: answer.headers,
  body: answer.body,
});
