import type { LogLevel } from '../../sandbox/types.ts';
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
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** Text that the message contains, upper and lower case alike. */
  readonly q?: string | undefined;
}

export interface LogStore {
  appendLogs(lines: readonly LogWrite[]): Promise<void>;
  /** Newest first by `at`, those of one millisecond by id. */
  listLogs(filter: LogFilter, page: PageRequest, terms?: ReadTerms): Promise<Page<LogRow>>;
  /** Calls back after each commit that added lines, with those lines in order. Returns the end of it. */
  watchLogs(listener: (lines: readonly LogRow[]) => void): () => void;
}
