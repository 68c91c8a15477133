import type { ReadTerms } from './read-terms.ts';

/** Which rows may go: at most `limit` are looked at or deleted in one call, so that no other write waits long. */
export interface OldRows {
  readonly before: number;
  readonly limit: number;
}

/** Months like `2026_11`, inclusive; all that have lines unless bounded. */
export interface LogMonths {
  readonly first?: string | undefined;
  readonly last?: string | undefined;
}

/** What the lines of one project count with, in bytes, and the start of the oldest hour that has one. */
export interface LargestLogs {
  readonly project: string;
  readonly bytes: number;
  readonly oldest: number;
}

/** What deletes by age and by size, in small steps. */
export interface RetentionStore {
  /** Slugs that log lines, finished jobs or ledger rows belong to, also those of projects that are gone: in order, after `after`. */
  listKeptProjects(after: string | null, limit: number): Promise<readonly string[]>;
  /**
   * Deletes the oldest lines, of one project or of all, of the whole hours before a time, and counts them off. Returns how
   * many; fewer than `limit`: there are no more.
   */
  deleteOldLogs(old: OldRows & { readonly project?: string }): Promise<number>;
  /**
   * Looks at the project's finished jobs after `after` (an id) and deletes those that ended before a time, unless sub-jobs
   * of theirs have not ended. `next` is where to go on; null: all were looked at.
   */
  deleteOldJobs(
    old: OldRows & { readonly project: string; readonly after: string | null },
  ): Promise<{ readonly deleted: number; readonly next: string | null }>;
  /**
   * Removes the project's ledger rows from before a time that come after the place `after`, oldest first, with their outcomes.
   * Each leaves its number and hash, signed, so that its chain stays whole. A row that is not as it was written is kept, so
   * that nobody can have a row removed by making it look old. `next` is where to go on; null: all were looked at.
   */
  deleteOldLedger(
    old: OldRows & { readonly project: string; readonly after: string | null },
  ): Promise<{ readonly deleted: number; readonly kept: number; readonly next: string | null }>;
  /** What all log lines count with, in bytes, and the start of the oldest hour that has one; null when there is none. */
  sizeOfLogs(): Promise<{ readonly bytes: number; readonly oldest: number | null }>;
  /** The projects whose lines count with most, the largest first. */
  largestLogs(
    months: LogMonths,
    bounds: { readonly limit: number },
    terms?: ReadTerms,
  ): Promise<readonly LargestLogs[]>;
  /** Drops what holds months before the one of `now` that have no row any more. */
  dropEmptyMonths(now: number): Promise<void>;
  /**
   * Gives unused space of the file back to the disk, about `most` bytes at a time, and lets `spare` bytes stay for rows to
   * come. Returns how many bytes; 0: nothing is left to give.
   */
  giveSpaceBack(most: number, spare: number): Promise<number>;
}
