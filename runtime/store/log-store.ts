import type { LogLevel } from '../../sandbox/types.ts';
import type { JobStatus } from '../words.ts';
import type { Page, PageRequest } from './page.ts';
import type { ReadTerms } from './read-terms.ts';

export interface LogWrite {
  readonly at: number;
  readonly level: LogLevel;
  readonly message: string;
  readonly project: string;
  readonly project_id: string;
  readonly task: string | null;
  readonly trigger: string | null;
  readonly job: string | null;
  readonly name: string;
}
export interface LogRow extends Omit<LogWrite, 'project_id'> {
  /** Grows with each line of the store. */
  readonly id: number;
}

export interface LogFilter {
  readonly project?: string | undefined;
  readonly task?: string | undefined;
  readonly trigger?: string | undefined;
  readonly job?: string | undefined;
  readonly level?: LogLevel | undefined;
  readonly min_level?: LogLevel | undefined;
  /** Of the job that wrote the line, as it is now; lines without a job, or whose job was deleted, have none. */
  readonly status?: JobStatus | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** Text that the message contains, upper and lower case alike. */
  readonly q?: string | undefined;
}

/** What lines can be grouped by; `status` is that of their job, `hour` and `day` are those of UTC. */
export const LOG_GROUPINGS = ['project', 'task', 'trigger', 'job', 'level', 'status', 'hour', 'day'] as const;
export type LogGrouping = (typeof LOG_GROUPINGS)[number];

export interface LogGroup {
  /** `2026-11-28` for a day, `2026-11-28T20:00:00.000Z` for an hour; null: lines that have none. */
  readonly key: string | null;
  readonly count: number;
  readonly first_at: number;
  readonly last_at: number;
}

/** The most groups that are given. */
export const MOST_LOG_GROUPS = 1000;

export interface LogStore {
  appendLogs(lines: readonly LogWrite[]): Promise<void>;
  /** Newest first by `at`, those of one millisecond by id. */
  listLogs(filter: LogFilter, page: PageRequest, terms?: ReadTerms): Promise<Page<LogRow>>;
  /**
   * At most `MOST_LOG_GROUPS`: the largest first, those of one size by key; hours and days the newest first. While old
   * lines of an hour are being deleted, `first_at` may be a little earlier than the oldest line that is left.
   */
  groupLogs(
    filter: LogFilter,
    by: LogGrouping,
    terms?: ReadTerms,
  ): Promise<{ readonly groups: readonly LogGroup[] }>;
  /** Calls back after each commit that added lines, with those lines in order. Returns the end of it. */
  watchLogs(listener: (lines: readonly LogRow[]) => void): () => void;
}
