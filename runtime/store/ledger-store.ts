import type { Page, PageRequest } from './page.ts';
import type { ReadTerms } from './read-terms.ts';

/** One thing that is about to leave, was refused, or was declared. Outcomes of requests are rows of their own. */
export interface LedgerWrite {
  readonly id: string;
  readonly at: number;
  readonly kind: 'request' | 'connection' | 'object' | 'declared' | 'webhook_answer' | 'outcome';
  readonly project: string;
  readonly task: string | null;
  readonly trigger: string | null;
  readonly job: string | null;
  readonly version: number | null;
  readonly user: string | null;
  readonly recipient: string;
  readonly method: string | null;
  readonly url: string | null;
  readonly bytes: number;
  readonly sha256: string | null;
  readonly excerpt: string | null;
  readonly status: number | null;
  /** Why it was refused; null when it was let through. */
  readonly blocked: string | null;
  readonly error: string | null;
  readonly received_bytes: number | null;
  readonly duration_ms: number | null;
  /** For an outcome: the id of the row it belongs to. */
  readonly of: string | null;
}

/** As read back: an outcome's status, error, received_bytes and duration_ms are joined into the row it belongs to. */
export interface LedgerRow extends Omit<LedgerWrite, 'kind' | 'of'> {
  readonly kind: Exclude<LedgerWrite['kind'], 'outcome'>;
  readonly chain: string;
  readonly seq: number;
  readonly previous_hash: string;
  readonly hash: string;
}

export interface LedgerFilter {
  readonly project?: string | undefined;
  readonly task?: string | undefined;
  readonly trigger?: string | undefined;
  readonly job?: string | undefined;
  readonly recipient?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

export interface LedgerStore {
  /** Links are made at commit: `seq` has no gaps and `hash` covers the row and the hash before it. */
  appendLedger(rows: readonly LedgerWrite[]): Promise<void>;
  /** Newest first by `at`; outcomes are joined, not listed. */
  listLedger(filter: LedgerFilter, page: PageRequest, terms?: ReadTerms): Promise<Page<LedgerRow>>;
}
