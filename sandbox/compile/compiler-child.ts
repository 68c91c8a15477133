import { setPriority } from 'node:os';
import { messageOf } from '../message-of.ts';
import { killGroup } from '../process-group.ts';
import type { CompileAnswer, CompileMessage } from './child-messages.ts';

const NICENESS = 10;
const ESBUILD_MEMORY = '640MiB';

/**
 * The compiler's side of the pipe. Answers one request at a time and ends with the server, whose signals are not for it.
 * esbuild is loaded at once, so that it is ready when the first request has arrived.
 */
export function main(): void {
  // esbuild inherits both. The server and its jobs come before a deploy; and Go collects more often when memory gets scarce.
  setPriority(NICENESS);
  process.env.GOMEMLIMIT = ESBUILD_MEMORY;
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
  process.on('disconnect', () => killGroup(process.pid));
  const loading = import('./compile-program.ts');
  process.on('message', async ({ request }: CompileMessage) => {
    try {
      const { compileProgram } = await loading;
      answer({ result: await compileProgram(request) });
    } catch (error) {
      answer({ failed: messageOf(error) });
    }
  });
}

function answer(message: CompileAnswer): void {
  process.send?.(message);
}
