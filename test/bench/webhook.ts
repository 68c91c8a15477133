import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { memoryOfTree } from './process-tree.ts';
import { startProcess } from './start-process.ts';

/**
 * The demo's webhook beside a bare Hono echo, 50 connections, in one run. Each Sluice request is a fresh program, with its
 * job, log and ledger rows on disk before the answer. Also: time from process start to `listening`, idle memory.
 *
 *     node server/launch.cjs --file test/bench/webhook.ts [seconds] [rounds]
 */
const [seconds = 5, rounds = 3] = process.argv.slice(2).map(Number);
const CONNECTIONS = 50;
const ORDER = JSON.stringify({ customer: 'Ada', items: [{ product: 'tea', quantity: 2 }] });

async function load(url: string, duration: number): Promise<autocannon.Result> {
  const headers = { 'content-type': 'application/json' };
  const result = await autocannon({
    url,
    method: 'POST',
    headers,
    body: ORDER,
    connections: CONNECTIONS,
    duration,
  });
  if (result.non2xx + result.errors > 0) throw new Error(`${result.non2xx} refused, ${result.errors} failed`);
  return result;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

async function main(): Promise<void> {
  const data = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  const env = { SLUICE_DATA: join(data, 'data'), SLUICE_PORT: '0' };
  const serve = ['server/launch.cjs', 'serve'];
  const starts: number[] = [];
  for (let round = 0; round < 6; round += 1) {
    const started = await startProcess(serve, /^listening on/, env);
    starts.push(started.readyMs);
    await started.stop();
  }
  console.log(
    `to listening: first ${starts[0]?.toFixed(0)} ms, then median ${median(starts.slice(1)).toFixed(0)} ms`,
  );

  const sluice = await startProcess(serve, /curl /, env);
  const echo = await startProcess(['test/bench/echo-server.ts'], /^listening on/);
  try {
    const hook = /(http\S+\/hook\/\S+)/.exec(sluice.lines.join('\n'))?.[1] ?? '';
    const bare = `http://127.0.0.1:${echo.lines[0]?.split(' ').at(-1)}/echo`;
    await new Promise((done) => setTimeout(done, 3000));
    const idle = memoryOfTree(sluice.process.pid ?? 0);
    console.log(`idle memory (PSS): ${idle.total.toFixed(0)} MB\n  ${idle.parts.join('\n  ')}`);
    await load(hook, 3);
    const seen = { sluice: [] as autocannon.Result[], bare: [] as autocannon.Result[] };
    for (let round = 0; round < rounds; round += 1) {
      seen.bare.push(await load(bare, seconds));
      seen.sluice.push(await load(hook, seconds));
    }
    for (const [name, results] of Object.entries(seen)) {
      const rate = median(results.map((result) => result.requests.average));
      const p50 = median(results.map((result) => result.latency.p50));
      const p99 = median(results.map((result) => result.latency.p99));
      console.log(`${name.padEnd(7)} ${rate.toFixed(0)} requests/s, p50 ${p50} ms, p99 ${p99} ms`);
    }
    const busy = memoryOfTree(sluice.process.pid ?? 0);
    console.log(`memory after the load (PSS): ${busy.total.toFixed(0)} MB`);
  } finally {
    await Promise.all([sluice.stop(), echo.stop()]);
    await rm(data, { recursive: true, force: true });
  }
}

main();
