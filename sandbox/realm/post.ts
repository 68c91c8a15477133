/**
 * What a realm tells its runner. Each is one call of a host function that copies its arguments; the runner hears them in
 * the order in which they were posted. All of it is written by the bootstrap, after its own checks of size and count.
 */
export type Post = (
  kind: PostKind,
  jobId: string,
  ...rest: (string | number | boolean | Uint8Array[])[]
) => void;

/**
 * log      level, message, at
 * call     call id, operation, text, tails          a host capability or `protected:NAME`
 * done     text, tails, dropped log lines           the handler's result
 * fail     name, message, stack, call id or 0, dropped log lines      the error came from this call's rejection
 * limit    limit, message                           the job went over a limit that the realm counts
 * return   call id, text, tails, dropped log lines           of Protected Code
 * throw    call id, name, message, stack, dropped log lines  of Protected Code
 * timer    timer id, milliseconds
 * untimer  timer id
 */
export type PostKind = 'log' | 'call' | 'done' | 'fail' | 'limit' | 'return' | 'throw' | 'timer' | 'untimer';

/** The limits that the realm itself counts. Bytes are counted as characters of text plus bytes of tails. */
export interface RealmLimits {
  readonly logLines: number;
  readonly logBytes: number;
  readonly resultBytes: number;
  readonly messageBytes: number;
  readonly calls: number;
}

/** Of the size of one message: what the arguments of calls that are not answered yet may have together. */
export const MESSAGES_UNDER_WAY = 4;
