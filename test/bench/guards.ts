import { chmod, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { childCommand } from '../../sandbox/child-command.ts';
import { createSandbox } from '../../sandbox/create-sandbox.ts';
import { hostHardening } from '../../sandbox/hardening/host-hardening.ts';
import { RunnerProcess } from '../../sandbox/supervisor/runner-process.ts';
import type { Sandbox } from '../../sandbox/types.ts';
import { encode } from '../../sandbox/wire/encode.ts';
import { runJob, type TestJob, taskOnly } from '../support/sandbox.ts';

/**
 * What the guards of the sealed rooms cost, beside the same rooms without them, in one run: the recording, the watch on
 * memory and time, and the account of processor time. Also: how soon a job gets through after a runner was killed.
 *
 *     node server/launch.cjs --file test/bench/guards.ts [jobs] [rounds]
 */
const [jobs = 5000, rounds = 5] = process.argv.slice(2).map(Number);
const AT_ONCE = 50;
const order: TestJob = {
  files: taskOnly(`export function handle_button(order) {
    const total = order.items.reduce((sum, { quantity }) => sum + quantity, 0);
    log(\`\${order.customer}: \${total}\`);
    return { ok: true, total };
  }`),
  input: { customer: 'Ada', items: [{ product: 'tea', quantity: 2 }] },
};

/** Nothing about it is looked at while it works. */
class UnwatchedRunner extends RunnerProcess {
  override get isBusy(): boolean {
    return false;
  }
}

const withoutRecording: Plugin = {
  name: 'without-recording',
  setup({ onLoad }) {
    const contents = 'export class Recorder { enter() { return 0; } again() {} leave() {} }';
    onLoad({ filter: /runner\/recorder\.ts$/ }, () => ({ contents, loader: 'js' }));
  },
};

/** The runner's program without recording and account. */
async function bareRunner(folder: string): Promise<string> {
  const outfile = path.join(folder, 'runner.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('../../sandbox/runner/entry.ts', import.meta.url))],
    outfile,
    bundle: true,
    minify: true,
    keepNames: true,
    format: 'esm',
    platform: 'node',
    external: ['isolated-vm'],
    plugins: [withoutRecording],
    define: { 'process.threadCpuUsage': 'noUsage', 'process.cpuUsage': 'noUsage' },
    banner: { js: 'const noUsage = () => ({ user: 0, system: 0 });' },
  });
  return outfile;
}

async function unguarded(program: string): Promise<Sandbox> {
  const hardening = await hostHardening();
  return createSandbox({
    makeRunner() {
      const { command, args } = childCommand(hardening, { role: 'runner' });
      const own = args.map((arg) => (arg.endsWith('runner.gen.mjs') ? program : arg));
      return new UnwatchedRunner({ command, args: own });
    },
  });
}

async function done(sandbox: Sandbox): Promise<void> {
  const { outcome } = await runJob(sandbox, order);
  if (outcome.status !== 'done') throw new Error(JSON.stringify(outcome));
}

/** Jobs per second. */
async function rate(sandbox: Sandbox): Promise<number> {
  const start = performance.now();
  let left = jobs;
  const caller = async () => {
    while (left > 0) {
      left -= 1;
      await done(sandbox);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, caller));
  return (jobs * 1000) / (performance.now() - start);
}

const median = (values: readonly number[]): number =>
  [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;

async function compare(): Promise<void> {
  // Below node_modules a runner may read, and finds isolated-vm.
  const folder = await mkdtemp(fileURLToPath(new URL('../../node_modules/.bench-', import.meta.url)));
  await chmod(folder, 0o755);
  const guarded = await createSandbox();
  const bare = await unguarded(await bareRunner(folder));
  const seen: Record<'with' | 'without', number[]> = { with: [], without: [] };
  try {
    await done(guarded);
    await Promise.all([rate(guarded), rate(bare)]);
    for (let round = 0; round < rounds; round += 1) {
      seen.with.push(await rate(guarded));
      seen.without.push(await rate(bare));
    }
  } finally {
    await Promise.all([guarded.stop(), bare.stop()]);
    await rm(folder, { recursive: true });
  }
  const share = median(seen.with.map((value, round) => value / (seen.without[round] ?? 1)));
  console.log(`with guards    ${median(seen.with).toFixed(0)} jobs/s`);
  console.log(`without        ${median(seen.without).toFixed(0)} jobs/s`);
  console.log(`with / without ${share.toFixed(3)} (median of ${rounds} rounds side by side)`);
}

/** Sizes are counted while a value is encoded: microseconds for the order, with and without. */
function compareSizes(): void {
  const time = (maxBytes: number | undefined): number => {
    const start = performance.now();
    for (let count = 0; count < 100_000; count += 1)
      encode(order.input, maxBytes === undefined ? {} : { maxBytes });
    return (performance.now() - start) / 100;
  };
  const turns = Array.from({ length: rounds }, () => [time(1e6), time(undefined)] as const);
  console.log(`encoding with a bound ${median(turns.map(([bound]) => bound)).toFixed(2)} us`);
  console.log(`encoding without      ${median(turns.map(([, free]) => free)).toFixed(2)} us`);
}

async function recovery(): Promise<void> {
  const runners: RunnerProcess[] = [];
  const hardening = await hostHardening();
  const sandbox = await createSandbox({
    makeRunner() {
      const runner = new RunnerProcess(childCommand(hardening, { role: 'runner' }));
      runners.push(runner);
      return runner;
    },
  });
  await sandbox.ready();
  const times: number[] = [];
  for (let round = 0; round < 20; round += 1) {
    await done(sandbox);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const start = performance.now();
    for (const runner of runners.splice(0, runners.length - 1))
      if (!runner.dead) process.kill(runner.pid ?? 0, 'SIGKILL');
    await done(sandbox);
    times.push(performance.now() - start);
  }
  await sandbox.stop();
  console.log(
    `after a killed runner the next job is done in ${median(times).toFixed(0)} ms, at most ${Math.max(...times).toFixed(0)} ms`,
  );
}

await compare();
compareSizes();
await recovery();
