import type { JobError } from '../../sandbox/types.ts';

/** A job as the API shows it; only what the commands read. */
export interface ApiJob {
  readonly id: string;
  readonly project: string;
  readonly task: string;
  readonly trigger: string;
  readonly function: string;
  readonly description: string | null;
  readonly status: string;
  readonly overall: string;
  readonly attempt: number;
  readonly max_attempts: number;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly duration_ms: number | null;
  readonly version: number | null;
  readonly input: unknown;
  readonly result: unknown;
  readonly error: JobError | null;
  readonly parent_id: string | null;
  readonly children: readonly string[];
}

export interface ApiLogLine {
  readonly id: number;
  readonly at: string;
  readonly level: string;
  readonly message: string;
  readonly project: string;
  readonly task: string | null;
  readonly trigger: string | null;
  readonly job: string | null;
}

export interface ApiLogGroup {
  readonly key: string | null;
  readonly count: number;
  readonly first_at: string;
  readonly last_at: string;
}

/** A delivery to a webhook. */
export interface ApiDelivery {
  readonly id: string;
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly remote_addr: string;
  readonly status: number;
  readonly job: string | null;
  readonly verdict: readonly { readonly step: string; readonly ok: boolean; readonly note: string | null }[];
  readonly headers: Readonly<Record<string, string | readonly string[]>> | null;
  readonly bytes: number;
  readonly body: string | null;
  readonly redelivery_of: string | null;
  readonly redelivered_by: string | null;
  readonly can_be_redelivered: boolean;
}

export interface ApiPage<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}
