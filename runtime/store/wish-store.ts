/** Somebody wishes that a job ends. */
export interface EndWish {
  /** Of the job. */
  readonly id: string;
  /** What its error says then. */
  readonly reason: string;
}

/** Wishes that wait for whoever can carry them out: the process that runs the job, or any once it is queued again. */
export interface WishStore {
  /** Notes the wish with the job; the first one stays. False when the job is neither queued nor running. */
  wishEnd(jobId: string, reason: string): Promise<boolean>;
  /** The wishes for jobs that are queued, or that this process holds. */
  endWishes(): Promise<readonly EndWish[]>;
}
