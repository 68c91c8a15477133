import { messageOf } from '../../sandbox/message-of.ts';
import type { LedgerWrite } from '../store/ledger-store.ts';
import { BusyError } from './busy-error.ts';
import type { Crossing } from './crossing.ts';
import { type Answer, exchange } from './exchange.ts';
import type { FetchRequest } from './fetch-request.ts';
import type { HeaderPair } from './headers.ts';
import { outcomeRow, requestRow } from './ledger-rows.ts';
import { networkError } from './network-error.ts';
import { type Ask, judgeHost, type Policy, policyOf, refuseAddresses } from './policy.ts';
import { Refusal } from './refusal.ts';
import { resolveDestination } from './resolve.ts';
import { substitute } from './sealed/substitute.ts';
import { accessToken, dropRefusedToken } from './sign/oauth2.ts';
import { signed } from './sign/signed.ts';
import type { Receiving } from './spool/receive.ts';
import { heedRetryAfter, takeTurn } from './turn.ts';
import { writeBefore } from './write-ledger.ts';

export interface HopOptions extends Receiving {
  wantsBody(status: number, headers: readonly HeaderPair[]): boolean;
}

/**
 * Sends one request to one destination, in the order that makes the gate a gate:
 *
 *   policy -> sealed secrets put in -> its turn -> addresses checked, then pinned -> ledger row on disk -> bytes -> outcome row appended
 *
 * Whatever stops it before the bytes leaves one row that says why. Throws a `Refusal` for a rule of the project and a
 * TypeError for the network.
 */
export async function sendHop(
  crossing: Crossing,
  request: FetchRequest,
  options: HopOptions,
): Promise<Answer> {
  const policy = policyOf(crossing.origin.project);
  const judged = judgeHost(request.destination, askOf(request), policy);
  if (typeof judged === 'string') return refuse(crossing, request, judged);
  // Before the turn: an access token is fetched by a hop of its own, which may need the same turn.
  const sent = await sealedInto(crossing, request, policy, options.hold);
  // A value can be a piece of the path, and the rules are for the path that is sent.
  if (typeof judgeHost(sent.destination, askOf(sent), policy) === 'string')
    return refuse(crossing, request, SEALED_ELSEWHERE);
  const leave = await takeTurn(crossing, request, judged);
  try {
    return await sendNow(crossing, { request, sent }, policy, options);
  } finally {
    leave();
  }
}

const SEALED_ELSEWHERE =
  'With the values of its sealed secrets, the path of this request is none that egress in project.yaml allows. ' +
  'Ask a Manager to look at the values and at the paths of egress.';

/** What is shown of a request, and the request as it is sent. */
interface Sending {
  readonly request: FetchRequest;
  readonly sent: FetchRequest;
}

async function sendNow(
  crossing: Crossing,
  { request, sent }: Sending,
  policy: Policy,
  options: HopOptions,
): Promise<Answer> {
  const addresses = await addressesOf(crossing, request);
  const refusal = refuseAddresses(request.destination, addresses, policy);
  if (refusal !== null) return refuse(crossing, request, refusal);

  const row = await requestRow(crossing, request, {}, sent);
  crossing.signal.throwIfAborted();
  await writeBefore(crossing, row);
  const result = await send(crossing, sent, addresses, options);
  const outcome = outcomeRow(row, crossing.now(), outcomeOf(crossing, result));
  crossing.outcomes.add(crossing.origin.signal, crossing.store.appendLedger([outcome]));
  if ('error' in result) throw result.error;
  dropRefusedToken(crossing, sent, result.status);
  heedRetryAfter(crossing, request.destination, result);
  return result;
}

const askOf = ({ method, destination }: FetchRequest): Ask => ({ method, path: destination.url.pathname });

async function refuse(crossing: Crossing, request: FetchRequest, refusal: string): Promise<never> {
  const blocked = crossing.masker.mask(refusal);
  await writeBefore(crossing, await requestRow(crossing, request, { blocked }));
  throw new Refusal(blocked);
}

/** The request as it is sent; nobody but the destination sees it. */
async function sealedInto(
  crossing: Crossing,
  request: FetchRequest,
  policy: Policy,
  hold: Receiving['hold'],
): Promise<FetchRequest> {
  const { masker, origin, now } = crossing;
  try {
    const filled = await substitute(request, { seals: origin.seals, policy, hold });
    return await signed(filled, {
      seals: origin.seals,
      policy,
      now,
      accessToken: (given, revealed) =>
        accessToken(crossing, given, revealed, (by, request, held = hold) =>
          sendHop(by, request, { hold: held, spool: null, wantsBody: () => true }),
        ),
    });
  } catch (error) {
    const message = masker.mask(messageOf(error));
    const ended = error instanceof Refusal ? { blocked: message } : { error: message };
    await writeBefore(crossing, await requestRow(crossing, request, ended));
    throw error;
  }
}

async function addressesOf(crossing: Crossing, request: FetchRequest): Promise<readonly string[]> {
  const { resolve, signal, masker } = crossing;
  try {
    return await resolveDestination(request.destination, resolve, signal);
  } catch (cause) {
    const error = failureOf(crossing, request, cause);
    await writeBefore(crossing, await requestRow(crossing, request, { error: masker.mask(error.message) }));
    throw error;
  }
}

async function send(
  crossing: Crossing,
  request: FetchRequest,
  addresses: readonly string[],
  options: HopOptions,
): Promise<Answer | { readonly error: Error }> {
  const { origin, pools, signal } = crossing;
  const { pool, done } = pools.use(origin.project.project.id, request.destination, addresses);
  try {
    signal.throwIfAborted();
    return await exchange(pool, request, { signal, ...options });
  } catch (cause) {
    return { error: failureOf(crossing, request, cause) };
  } finally {
    done();
  }
}

/** The end of the job or of the gate, and too much at once, are told as such; the rest as a failure of the network. */
function failureOf({ signal }: Crossing, request: FetchRequest, cause: unknown): Error {
  if (signal.aborted && signal.reason instanceof Error) return signal.reason;
  return cause instanceof BusyError ? cause : networkError(cause, request.destination);
}

const outcomeOf = (
  { masker }: Crossing,
  result: Answer | { readonly error: Error },
): Pick<LedgerWrite, 'status' | 'error' | 'received_bytes'> =>
  'error' in result
    ? { status: null, error: masker.mask(result.error.message), received_bytes: null }
    : { status: result.status, error: null, received_bytes: result.receivedBytes };
