/** How a read is asked for whose cost depends on what is stored. All of it may be left out. */
export interface ReadTerms {
  /** Whose turn it takes: the reads of one caller wait for each other, callers come in turn. */
  readonly caller?: string | undefined;
  /** Limit of its time in milliseconds, from when it begins. */
  readonly timeoutMs?: number | undefined;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal?: AbortSignal | undefined;
}
