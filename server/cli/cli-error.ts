/** A failure that ends a command: one line for a person, after `lines` of detail. */
export class CliError extends Error {
  /** 1: it failed. 2: the command was used wrongly. */
  readonly exitCode: 1 | 2;
  readonly lines: readonly string[];
  /** Of the server's answer; undefined when there was none. */
  readonly code: string | undefined;

  constructor(
    message: string,
    options: {
      readonly exitCode?: 1 | 2;
      readonly lines?: readonly string[];
      readonly code?: string | undefined;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'CliError';
    this.exitCode = options.exitCode ?? 1;
    this.lines = options.lines ?? [];
    this.code = options.code;
  }
}

export const usageError = (message: string): CliError => new CliError(message, { exitCode: 2 });
