/** A call the Bot API refuses: becomes `{ok: false, error_code, description, parameters}` with the same HTTP status. */
export class BotApiError extends Error {
  readonly code: number;
  /** `retry_after` in seconds, for 429. */
  readonly parameters: Readonly<Record<string, number>> | undefined;

  constructor(code: number, description: string, parameters?: Readonly<Record<string, number>>) {
    super(description);
    this.name = 'BotApiError';
    this.code = code;
    this.parameters = parameters;
  }
}
