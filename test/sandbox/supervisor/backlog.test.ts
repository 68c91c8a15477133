import { expect, it } from 'vitest';
import type { Loss } from '../../../sandbox/supervisor/loss.ts';
import { RunnerProcess } from '../../../sandbox/supervisor/runner-process.ts';
import { Watch } from '../../../sandbox/supervisor/watch.ts';

const MB = 1024 ** 2;
const DEAF = 'setInterval(() => {}, 1000)';

it('a runner that does not read is ended before what waits for it fills the memory of the server', async () => {
  const runner = new RunnerProcess({ command: process.execPath, args: ['-e', DEAF] });
  const watch = new Watch(() => [runner]);
  const lost = new Promise<Loss>((resolve) => {
    runner.hold('a', { memoryBytes: 64 * MB, frame: () => {}, lost: resolve });
  });
  watch.wake();
  const answer = new Uint8Array(16 * MB);
  for (let sent = 0; sent < 20 && !runner.dead; sent += 1) {
    runner.send(['settle', 'a', sent, 0], [answer]);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  // Long before it would be ended for its silence alone.
  expect(runner.dead).toBe(true);
  expect(await lost).toMatchObject({ verdict: 'guilty', reason: expect.stringContaining('did not answer') });
  watch.stop();
});
