/**
 * The one exception of Sluice's own code: a caller's or an operator's error that becomes an answer.
 * Failures of user code are not exceptions; they are `Outcome` values.
 */
export class AppError extends Error {
  /** Stable, for programs: `not_found`, `invalid_body`, `forbidden`, ... */
  readonly code: string;
  /** The HTTP status it becomes. */
  readonly status: number;
  /** Plain data shown beside the message; never holds a secret. */
  readonly details: unknown;

  constructor(
    code: string,
    status: number,
    message: string,
    options: { readonly details?: unknown; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.status = status;
    this.details = options.details;
  }
}

export const notFound = (what: string, hint = 'Check the name.'): AppError =>
  new AppError('not_found', 404, `${what} does not exist. ${hint}`);
