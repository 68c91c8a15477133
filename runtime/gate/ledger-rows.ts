import { uuidv7 } from '../ids.ts';
import { ledgerExcerpt } from '../ledger-excerpt.ts';
import type { LedgerWrite } from '../store/ledger-store.ts';
import { type Body, beginningOf, hashOfBody } from './body.ts';
import type { Crossing } from './crossing.ts';
import { type Destination, fullName, shortName } from './destination.ts';
import type { FetchRequest } from './fetch-request.ts';

const NOTHING = new Uint8Array();
/** Of a large body: a secret that begins in the excerpt is found where all of it is there, in any encoding. */
const LOOKED_THROUGH = 1024 * 1024;

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
    ...(await rowOf(crossing, data)),
    kind: 'declared',
    recipient: crossing.masker.mask(recipient),
  };
}

/** The row of a connection on which something else than HTTP is spoken. What it carries is told by its outcome. */
export async function connectionRow(
  crossing: Crossing,
  { protocol, destination }: { readonly protocol: string; readonly destination: Destination },
  ended: Partial<Pick<LedgerWrite, 'blocked' | 'error'>> = {},
): Promise<LedgerWrite> {
  const place = crossing.masker.mask(fullName(destination));
  return {
    ...(await rowOf(crossing, NOTHING)),
    kind: 'connection',
    recipient: place,
    url: `${protocol}://${place}`,
    sha256: null,
    excerpt: null,
    ...ended,
  };
}

/** Something that is about to be sent on a connection: a file, a message. */
export interface SentObject {
  readonly name: string;
  readonly bytes: number;
  /** In hexadecimal. */
  readonly sha256: string;
}

/** The row of an object that goes through the connection that `connection` describes. */
export async function objectRow(
  crossing: Crossing,
  connection: LedgerWrite,
  { name, bytes, sha256 }: SentObject,
): Promise<LedgerWrite> {
  const { recipient, url } = connection;
  return {
    ...(await rowOf(crossing, NOTHING)),
    kind: 'object',
    recipient,
    url: `${url}/${crossing.masker.mask(name)}`,
    bytes,
    sha256,
    excerpt: null,
  };
}

/** The outcome of what `row` describes; `bytes` only where the row could not know how many were sent. */
export function outcomeRow(
  row: LedgerWrite,
  at: number,
  outcome: Pick<LedgerWrite, 'status' | 'error' | 'received_bytes'> & Partial<Pick<LedgerWrite, 'bytes'>>,
): LedgerWrite {
  return {
    ...row,
    bytes: 0,
    ...outcome,
    id: uuidv7(at),
    at,
    kind: 'outcome',
    method: null,
    url: null,
    sha256: null,
    excerpt: null,
    duration_ms: Math.max(0, at - row.at),
    of: row.id,
  };
}

async function rowOf(
  { origin, masker, now }: Crossing,
  data: Body,
  shown: Body = data,
): Promise<Omit<LedgerWrite, 'kind' | 'recipient'>> {
  const sha256 = await hashOfBody(data);
  const beginning = await beginningOf(shown, LOOKED_THROUGH);
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
    excerpt: ledgerExcerpt(origin.project, masker, beginning),
    status: null,
    blocked: null,
    error: null,
    received_bytes: null,
    duration_ms: null,
    of: null,
  };
}
