/** A queue of jobs that do nothing. */
export interface BenchQueue {
  /** Queues so many in one transaction: workers see them all at once. */
  fill(count: number): Promise<void>;
  isEmpty(): Promise<boolean>;
  /** Queues one as users do; resolves with its name when that is on disk. */
  add(): Promise<string>;
  close(): Promise<void>;
}
