import { CommanderError } from 'commander';
import { AppError } from '../../runtime/app-error.ts';
import { stackOf } from '../../sandbox/message-of.ts';
import { StartError } from '../exit-codes.ts';
import { CliError, usageError } from './cli-error.ts';
import { detailLines } from './details.ts';
import { printable } from './printable.ts';
import { createProgram } from './program.ts';

/**
 * Runs one command line (without the names of Node.js and the program) and resolves to the exit code: 0, 1 when the
 * command failed, 2 when it was used wrongly. Failures are one line on stderr, after their details.
 */
export async function runCli(argv: readonly string[]): Promise<number> {
  endQuietlyWhenReaderIsGone();
  try {
    await createProgram().parseAsync([...argv], { from: 'user' });
    return 0;
  } catch (error) {
    return report(error);
  }
}

/** `sluice logs | head`: the reader has what it wanted. */
function endQuietlyWhenReaderIsGone(): void {
  process.stdout.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const failure = toCliError(error);
  const [only, ...more] = failure.lines;
  const isSaidBelow = more.length === 0 && only !== undefined && failure.message.endsWith(only);
  if (!isSaidBelow) for (const line of failure.lines) process.stderr.write(`${line}\n`);
  process.stderr.write(`sluice: ${failure.message}\n`);
  return failure.exitCode;
}

function toCliError(error: unknown): CliError {
  if (error instanceof CliError) return error;
  if (error instanceof AppError) {
    return new CliError(printable(error.message), { lines: detailLines(error.details) });
  }
  if (error instanceof StartError) return usageError(printable(error.message));
  const text = stackOf(error);
  const lines = text.split('\n').map((line) => printable(line));
  return new CliError('This is a fault in Sluice itself; please report it with the lines above.', { lines });
}
