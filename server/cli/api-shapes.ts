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

export interface ApiPage<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}
