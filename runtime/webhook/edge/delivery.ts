import type { HttpRequestData } from '../../../sandbox/types.ts';
import { uuidv7 } from '../../ids.ts';
import { isKept } from '../../kept-input.ts';
import type { LiveProject } from '../../live-project.ts';
import { masksOf } from '../../mask/project-masks.ts';
import type { DeliveryWrite } from '../../store/hook-store.ts';
import { storedJson } from '../../stored-json.ts';
import type { RequestBox } from '../sealed-request.ts';
import { shownHeaders } from '../stored-request.ts';
import type { Edge } from './edge.ts';
import type { HookHead } from './head.ts';

/** What is checked, in this order. `handler`: the job and its answer. */
export type StepName =
  | 'method'
  | 'source'
  | 'size'
  | 'authentication'
  | 'timestamp'
  | 'duplicate'
  | 'rate'
  | 'body'
  | 'handler';

/** `note`: a sentence for people of the project, masked where it is kept. */
export interface Step {
  readonly step: StepName;
  readonly ok: boolean;
  readonly note: string | null;
}

/** What became of one request. */
export interface Delivered {
  readonly live: LiveProject;
  /** Of the trigger. */
  readonly name: string;
  readonly edge: Edge;
  readonly head: HookHead;
  readonly body: Uint8Array;
  readonly steps: readonly Step[];
  readonly status: number;
  /** Null when none was made. */
  readonly job: string | null;
  /** The request, to be kept whole; null when it was not taken, or there is nothing to come back to. */
  readonly request: HttpRequestData | null;
  readonly failed: boolean;
  readonly at: number;
  /** Who had it delivered again, and what; null for a caller's own. */
  readonly again: { readonly of: string; readonly by: string } | null;
}

const EXCERPT = 4096;
/** A larger request is not kept whole: it cannot be delivered again. */
const MOST_WHOLE = 256 * 1024;

/** The row of a delivery: masked, bounded, and only as much of the request as `keep.input` lets be kept. */
export function deliveryRow(box: Pick<RequestBox, 'seal'>, delivered: Delivered): DeliveryWrite {
  const { live, edge, head, body, request } = delivered;
  const { stored } = masksOf(live);
  const id = uuidv7(delivered.at);
  const kept = isKept(live, delivered.failed);
  const whole = kept && request !== null && edge.keep > 0 && bytesOf(request) <= MOST_WHOLE;
  return {
    id,
    project_id: live.project.id,
    name: delivered.name,
    at: delivered.at,
    taken: delivered.job === null ? 0 : 1,
    method: head.method,
    path: stored.mask(head.path),
    remote_addr: head.remote_addr,
    status: delivered.status,
    job: delivered.job,
    redelivery_of: delivered.again?.of ?? null,
    redelivered_by: delivered.again?.by ?? null,
    verdict: storedJson(delivered.steps, stored),
    headers: kept ? storedJson(shownHeaders(head.headers, edge.hidden), stored) : null,
    bytes: body.byteLength,
    body: kept && isText(body) ? stored.excerpt(body, EXCERPT) : null,
    sealed: whole ? box.seal(live.project.id, id, request) : null,
    keep: edge.keep,
  };
}

const isText = (body: Uint8Array): boolean => body.byteLength > 0 && !body.subarray(0, EXCERPT).includes(0);

const bytesOf = ({ data, files }: HttpRequestData): number =>
  files.reduce((sum, { bytes }) => sum + bytes.byteLength, data.byteLength);
