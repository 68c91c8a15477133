import { stackOf } from '../sandbox/message-of.ts';
import { EXIT_FAILURE, EXIT_USAGE, StartError } from './exit-codes.ts';

/**
 * Where everything starts: `launch.cjs` runs this file on the right Node.js. The server has its own way in, because it
 * needs nothing of the other commands and should listen soon.
 */
async function run([command, ...rest]: readonly string[]): Promise<number> {
  if (command === 'serve') {
    const { serve } = await import('./serve-command.ts');
    return serve(rest);
  }
  const { runCli } = await import('./cli/cli.ts');
  return runCli(command === undefined ? [] : [command, ...rest]);
}

run(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`sluice: ${explain(error)}\n`);
    process.exit(error instanceof StartError ? EXIT_USAGE : EXIT_FAILURE);
  },
);

function explain(error: unknown): string {
  if (error instanceof StartError) return error.message;
  return stackOf(error);
}
