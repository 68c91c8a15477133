/** Why a hook request is not given to its project: becomes a plain text answer with this status. */
export class HookRefusal extends Error {
  readonly status: number;
  /** Seconds after which the caller may come again. */
  readonly retryAfter: number | undefined;

  constructor(status: number, message: string, retryAfter?: number) {
    super(message);
    this.name = 'HookRefusal';
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** For a webhook that cannot be served soon. */
export const comeAgain = (seconds: number): HookRefusal =>
  new HookRefusal(503, `Too much is under way here. Call again in ${seconds} s.`, seconds);
