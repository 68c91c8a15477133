import type { AuditKind } from '../words.ts';
import type { Page, PageRequest } from './page.ts';
import type { ReadTerms } from './read-terms.ts';

/** One thing that Managers should know of. What it is not about is null. */
export interface AuditRow {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly kind: AuditKind;
  /** Slug. */
  readonly project: string | null;
  readonly task: string | null;
  readonly trigger: string | null;
  readonly job: string | null;
  readonly version: number | null;
  /** Name of who did it. */
  readonly user: string | null;
  /** Of what it is about: the key of a secret or param, the name of a token. Never a value. */
  readonly name: string | null;
  /** A sentence. */
  readonly message: string;
}

/** Times are `from` on and before `to`. */
export interface AuditFilter {
  readonly project?: string | undefined;
  readonly kind?: AuditKind | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Rows are only added; they stay when their project is deleted. */
export interface AuditStore {
  appendAudit(rows: readonly AuditRow[]): Promise<void>;
  /** Newest first by `at`, those of one millisecond by the order in which they were added. */
  listAudit(filter: AuditFilter, page: PageRequest, terms?: ReadTerms): Promise<Page<AuditRow>>;
}
