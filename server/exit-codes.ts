/** What a process answers to whoever started it. */
export const EXIT_OK = 0;
export const EXIT_FAILURE = 1;
/** Wrong usage or configuration; also a port, a directory or data that cannot be used. */
export const EXIT_USAGE = 2;

/** Stops the start with one sentence that says what is wrong and what to do. */
export class StartError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'StartError';
  }
}
