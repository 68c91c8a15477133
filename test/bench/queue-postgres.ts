import { setTimeout } from 'node:timers/promises';
import { testDatabase } from '../support/postgres/database.ts';
import { startPostgres } from '../support/postgres/server.ts';
import { type BenchNode, benchNode } from './nodes/bench-node.ts';
import type { BenchQueue } from './nodes/bench-queue.ts';
import { costBetween, databaseCost } from './nodes/database-cost.ts';
import { queueOfGraphile } from './nodes/queue-of-graphile.ts';
import { queueOfSluice } from './nodes/queue-of-sluice.ts';
import { machineTime } from './nodes/say.ts';

/**
 * The queue on PostgreSQL beside graphile-worker, in one run on one server that commits to disk: jobs a second that do nothing, and how long
 * a single one waits for its start when its queue is idle. Then what a job costs the database and the nodes, with one, two and four of
 * them. Sluice writes each job's history and a log line, and runs it alone (`queue`) or in a sealed room (`whole`).
 *
 *     node server/launch.cjs --file test/bench/queue-postgres.ts [jobs] [rounds]
 */
const [jobs = 10_000, rounds = 3] = process.argv.slice(2).map(Number);
const SINGLE_JOBS = 200;
const LOOK_MS = 20;
/** Processes of the database have ended by then. */
const SETTLE_MS = 500;

interface Engine {
  readonly name: string;
  readonly queue: BenchQueue;
  readonly url: string;
  start(telling?: boolean): Promise<BenchNode>;
}

const at = (values: readonly number[], part: number): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length * part)] ?? 0;

/** Jobs a second, from the moment at which they are all there. */
async function drain({ queue }: Engine, count: number): Promise<number> {
  await queue.fill(count);
  const began = performance.now();
  while (!(await queue.isEmpty())) await setTimeout(LOOK_MS);
  return (count / (performance.now() - began)) * 1000;
}

/** From the call that queues a job until it starts in another process, in milliseconds. */
async function waits(engine: Engine): Promise<readonly number[]> {
  const node = await engine.start(true);
  const called = new Map<string, number>();
  for (let n = 0; n < SINGLE_JOBS; n += 1) {
    await setTimeout(20);
    const time = machineTime();
    called.set(await engine.queue.add(), time);
  }
  await setTimeout(500);
  const seen = [...called].map(([id, time]) => ((node.starts.get(id) ?? Number.NaN) - time) / 1000);
  await node.stop();
  if (seen.some(Number.isNaN)) throw new Error(`${engine.name} has not started each job.`);
  return seen;
}

/** Without what it costs to queue them. What processes of the database did is known when they have ended, so it is read after that. */
async function cost(engine: Engine, dataDir: string, count: number): Promise<void> {
  const looked = () => databaseCost(engine.url, dataDir);
  const nodes = await Promise.all(Array.from({ length: count }, () => engine.start()));
  await drain(engine, Math.ceil(jobs / 5));
  const rate = await drain(engine, jobs);
  await Promise.all(nodes.map((node) => node.stop()));
  await engine.queue.fill(jobs);
  await setTimeout(SETTLE_MS);
  const before = await looked();
  const working = await Promise.all(Array.from({ length: count }, () => engine.start()));
  while (!(await engine.queue.isEmpty())) await setTimeout(LOOK_MS);
  const counts = await Promise.all(working.map((node) => node.stop()));
  await setTimeout(SETTLE_MS);
  const database = costBetween(before, await looked());
  const total = (of: (each: (typeof counts)[number]) => number) =>
    counts.reduce((sum, each) => sum + of(each), 0) / jobs;
  const each = (value: number, digits = 0) => (value / jobs).toFixed(digits);
  console.log(
    `${engine.name.padEnd(18)} ${count} nodes  ${rate.toFixed(0).padStart(6)} jobs/s   database: ${each(database.cpu)} us, ` +
      `${each(database.rowsWritten, 1)} rows, ${each(database.walBytes)} bytes of WAL, ${each(database.commits, 3)} commits a job   ` +
      `nodes: ${total(({ cpu }) => cpu.user + cpu.system).toFixed(0)} us, ${total(({ statements }) => statements).toFixed(3)} statements, ` +
      `${total(({ sent }) => sent).toFixed(0)} bytes sent a job`,
  );
}

const server = await startPostgres({ careful: true, settings: ['max_wal_size=4GB'] });
const [own, other] = [await testDatabase(server.url), await testDatabase(server.url)];
const [sluice, graphile] = [await queueOfSluice(own), await queueOfGraphile(other)];
const engine = (name: string, queue: BenchQueue, url: string, program: string, kind: string): Engine => ({
  name,
  queue,
  url,
  start: (telling = false) => benchNode(program, [url, kind, telling ? 'tell' : '']),
});
const engines = [
  engine('graphile single', graphile, other.url, 'graphile-node.ts', 'single'),
  engine('graphile batched', graphile, other.url, 'graphile-node.ts', 'batched'),
  engine('sluice queue', sluice, own.url, 'sluice-node.ts', 'queue'),
  engine('sluice whole', sluice, own.url, 'sluice-node.ts', 'whole'),
];

const rates = new Map<string, number[]>();
for (let round = 0; round < rounds; round += 1) {
  for (const each of engines) {
    const node = await each.start();
    await drain(each, Math.ceil(jobs / 10));
    rates.set(each.name, [...(rates.get(each.name) ?? []), await drain(each, jobs)]);
    await node.stop();
  }
}
for (const [name, seen] of rates)
  console.log(
    `${name.padEnd(18)} ${at(seen, 0.5).toFixed(0)} jobs/s (${seen.map((rate) => rate.toFixed(0)).join(', ')})`,
  );
for (const each of engines) {
  const seen = await waits(each);
  console.log(
    `${each.name.padEnd(18)} idle, queued to start: p50 ${at(seen, 0.5).toFixed(2)} ms, p95 ${at(seen, 0.95).toFixed(2)} ms`,
  );
}
for (const each of engines.slice(0, 3))
  for (const count of [1, 2, 4]) await cost(each, server.dataDir, count);
await sluice.close();
await graphile.close();
await server.stop();
process.exit(0);
