import type { LedgerReport } from './ledger-check/report.ts';
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

/** A row of the ledger as it is kept, outcomes by themselves. */
export interface StoredLedgerRow extends LedgerWrite {
  readonly chain: string;
  readonly seq: number;
  readonly previous_hash: string;
  readonly hash: string;
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
  readonly kind?: LedgerRow['kind'] | undefined;
  readonly method?: string | undefined;
  /** True: only what was refused; false: only what was not. */
  readonly blocked?: boolean | undefined;
  /** Text that the recipient, the URL or the excerpt contains, upper and lower case alike. */
  readonly q?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

export interface LedgerStore {
  /**
   * Links are made at commit: `seq` has no gaps and `hash` covers the row and the hash before it. The first row of a chain
   * and every 1,000 come with a checkpoint, as do the store's opening, for the chain before, and its closing.
   */
  appendLedger(rows: readonly LedgerWrite[]): Promise<void>;
  /** Newest first by `at`; outcomes are joined, not listed. */
  listLedger(filter: LedgerFilter, page: PageRequest, terms?: ReadTerms): Promise<Page<LedgerRow>>;
  /** Writes a checkpoint of this process's chain if it has rows that none covers, and of what was removed since the last. */
  checkpointLedger(): Promise<void>;
  /** Looks whether the ledger is as it was written; `keys` are those of its chains, in hexadecimal. */
  verifyLedger(
    wanted: { readonly from?: number | undefined },
    keys: readonly string[],
    terms?: ReadTerms,
  ): Promise<LedgerReport>;
}
