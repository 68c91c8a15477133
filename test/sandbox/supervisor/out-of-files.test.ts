import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);
const module = new URL('../../../sandbox/supervisor/runner-process.ts', import.meta.url).href;

const SCRIPT = `
  import { openSync } from 'node:fs';
  import { RunnerProcess } from ${JSON.stringify(module)};
  try { for (;;) openSync('/dev/null', 'r'); } catch (error) { console.log(error.code); }
  const runner = new RunnerProcess({ command: process.execPath, args: ['-e', ''] });
  console.log('ready', await runner.ready);
  await runner.ended;
  console.log('dead', runner.dead);
`;

it('a runner that finds no file left to open is one that did not start, and not the end of the server', async () => {
  const node = [process.execPath, '--no-node-snapshot', '--input-type=module', '-e', SCRIPT];
  const { stdout } = await run('/bin/sh', ['-c', 'ulimit -n 64; exec "$@"', 'sh', ...node]);
  expect(stdout).toBe('EMFILE\nready false\ndead true\n');
});
