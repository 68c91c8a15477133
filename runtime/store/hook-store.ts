import type { JobRow } from './job-store.ts';
import type { LedgerWrite } from './ledger-store.ts';
import type { Page, PageRequest } from './page.ts';

/** So long the id of a delivery is remembered, in milliseconds. */
export const REMEMBERED_MS = 24 * 60 * 60 * 1000;

/** An id of a delivery, or what was signed of it, as a hash, that a trigger took at a time. */
export interface TakenId {
  readonly project_id: string;
  /** Of the trigger. */
  readonly name: string;
  readonly hash: string;
  readonly at: number;
}

/** One request to a webhook that checks its callers, and what was found. */
export interface DeliveryRow {
  /** UUID version 7. */
  readonly id: string;
  readonly project_id: string;
  /** Of the trigger. */
  readonly name: string;
  readonly at: number;
  /** 1: a job was made of it. Those that were refused are kept apart, so that strangers cannot push the others out. */
  readonly taken: 0 | 1;
  readonly method: string;
  /** After the hook's own part; masked. */
  readonly path: string;
  readonly remote_addr: string;
  /** Of the answer. */
  readonly status: number;
  readonly job: string | null;
  /** The delivery of which it is a repetition, and who wished it. */
  readonly redelivery_of: string | null;
  readonly redelivered_by: string | null;
  /** JSON: `[{step, ok, note}]` in the order in which it was checked. */
  readonly verdict: string;
  /** JSON, masked and bounded; null when it is not kept. */
  readonly headers: string | null;
  /** Bytes of the body. */
  readonly bytes: number;
  /** Its beginning as text, masked; null when it is none, or not kept. */
  readonly body: string | null;
  /** 1: the whole request is kept, sealed. */
  readonly whole: 0 | 1;
}

export interface DeliveryWrite extends Omit<DeliveryRow, 'whole'> {
  /** The whole request, sealed; null when it is not kept. */
  readonly sealed: string | null;
  /**
   * So many of the same trigger and the same `taken` stay, the newest. Of those that were refused the newest of each address go
   * last, then the second newest, so that one address cannot push out what others sent.
   */
  readonly keep: number;
}

/** What is written of a request to a webhook together with its job. */
export interface HookWrite {
  /** All by which it is known when it comes again. */
  readonly taken: readonly TakenId[];
  readonly delivery: DeliveryWrite | null;
}

/**
 * Deliveries to webhooks that check their callers, and the ids of those that were taken. Both belong to their trigger and end with
 * it; what is written of a trigger that does not exist is left out.
 */
export interface HookStore {
  /** True when this id was taken less than `REMEMBERED_MS` before its `at`. */
  isTaken(id: TakenId): Promise<boolean>;
  /**
   * Queues the job of a webhook, with its delivery, the row for the answer and its ids, in one commit. False, and nothing is
   * written, when one of its ids was taken before.
   */
  enqueueDelivery(write: {
    readonly job: JobRow;
    readonly ledger: readonly LedgerWrite[];
    readonly hook: HookWrite;
  }): Promise<boolean>;
  /** Writes one that no job was made of. */
  appendDelivery(delivery: DeliveryWrite): Promise<void>;
  /** Of one trigger, newest first. */
  listDeliveries(projectId: string, name: string, page: PageRequest): Promise<Page<DeliveryRow>>;
  /** One with its sealed request; undefined when it is not kept any more. */
  getDelivery(
    projectId: string,
    name: string,
    id: string,
  ): Promise<(DeliveryRow & { readonly sealed: string | null }) | undefined>;
}
