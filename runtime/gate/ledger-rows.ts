import { uuidv7 } from '../ids.ts';
import type { LedgerWrite } from '../store/ledger-store.ts';
import type { Crossing } from './crossing.ts';
import { shortName } from './destination.ts';
import type { FetchRequest } from './fetch-request.ts';
import { EXCERPT_BYTES } from './limits.ts';
import { sha256Of } from './sha256.ts';

const NOTHING = new Uint8Array();

/**
 * The row of a request. `bytes` and `sha256` are of the body, exactly as it is sent: of `sent`, if that has the values of sealed
 * secrets. `url` and `excerpt` are of `request`, and masked. Headers are not kept. `ended`: why nothing was sent.
 */
export async function requestRow(
  crossing: Crossing,
  request: FetchRequest,
  ended: Partial<Pick<LedgerWrite, 'blocked' | 'error'>> = {},
  sent: FetchRequest = request,
): Promise<LedgerWrite> {
  const { masker } = crossing;
  return {
    ...(await rowOf(crossing, sent.body ?? NOTHING, request.body ?? NOTHING)),
    kind: 'request',
    recipient: masker.mask(shortName(request.destination)),
    method: masker.mask(request.method),
    url: masker.mask(request.destination.url.href),
    ...ended,
  };
}

/** The row of data that user code says it sends to somebody. */
export async function declaredRow(
  crossing: Crossing,
  recipient: string,
  data: Uint8Array,
): Promise<LedgerWrite> {
  return {
    ...(await rowOf(crossing, data, data)),
    kind: 'declared',
    recipient: crossing.masker.mask(recipient),
  };
}

/** The outcome of the request that `row` describes. */
export function outcomeRow(
  row: LedgerWrite,
  at: number,
  outcome: Pick<LedgerWrite, 'status' | 'error' | 'received_bytes'>,
): LedgerWrite {
  return {
    ...row,
    ...outcome,
    id: uuidv7(at),
    at,
    kind: 'outcome',
    method: null,
    url: null,
    bytes: 0,
    sha256: null,
    excerpt: null,
    duration_ms: Math.max(0, at - row.at),
    of: row.id,
  };
}

async function rowOf(
  { origin, masker, now }: Crossing,
  data: Uint8Array,
  shown: Uint8Array,
): Promise<Omit<LedgerWrite, 'kind' | 'recipient'>> {
  const sha256 = await sha256Of(data);
  const at = now();
  return {
    id: uuidv7(at),
    at,
    project: origin.project.project.slug,
    task: origin.task,
    trigger: origin.trigger,
    job: origin.jobId,
    version: origin.project.version.number,
    user: origin.user,
    method: null,
    url: null,
    bytes: data.byteLength,
    sha256,
    excerpt: masker.excerpt(shown, EXCERPT_BYTES),
    status: null,
    blocked: null,
    error: null,
    received_bytes: null,
    duration_ms: null,
    of: null,
  };
}
