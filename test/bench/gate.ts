import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'undici';
import { createGate } from '../../runtime/gate/create-gate.ts';
import { openSqliteStore } from '../../runtime/store/sqlite/open.ts';
import { encode } from '../../sandbox/wire/encode.ts';
import { fetchArgument, originOf, projectWith } from '../support/gate.ts';
import { startProcess } from './start-process.ts';

/**
 * What the gate adds to a request on loopback, beside plain undici, in one run: with its ledger on SQLite at both
 * durabilities, and with a ledger that takes no time, which leaves the gate's own cost. 1 and 16 requests at once.
 *
 *     node server/launch.cjs --file test/bench/gate.ts [requests] [rounds]
 */
const [requests = 2000, rounds = 3] = process.argv.slice(2).map(Number);
const BODY = Buffer.from(JSON.stringify({ customer: 'Ada', items: [{ product: 'tea', quantity: 2 }] }));
const HEADERS: readonly (readonly [string, string])[] = [['content-type', 'application/json']];

type Send = () => Promise<unknown>;

/** Microseconds that each request took. */
async function measure(send: Send, atOnce: number): Promise<number[]> {
  const taken: number[] = [];
  let left = requests;
  const sender = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const begin = performance.now();
      await send();
      taken.push((performance.now() - begin) * 1000);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, sender));
  return taken.sort((one, other) => one - other);
}

const quantile = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;

async function main(): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  const echo = await startProcess(['test/bench/echo-server.ts'], /^listening on/);
  const place = `127.0.0.1:${echo.lines[0]?.split(' ').at(-1)}`;
  const pool = new Pool(`http://${place}`, { connections: 16, pipelining: 1 });
  const origin = originOf(projectWith({ egress: { allow_private: [place] } }));
  const argument = fetchArgument(`http://${place}/echo`, { method: 'POST', headers: HEADERS, body: BODY });
  const stores = (['full', 'relaxed'] as const).map((durability) =>
    openSqliteStore({
      file: join(dir, `${durability}.db`),
      chainKey: new Uint8Array(32).fill(7),
      durability,
    }),
  );
  const nowhere = { appendLedger: async () => {} };
  const gates = [nowhere, ...stores].map((store) => createGate({ store }));
  const throughGate = gates.map(
    (gate): Send =>
      () =>
        gate.call('fetch', encode([argument]), origin),
  );
  const plain: Send = async () => {
    const headers = Object.fromEntries(HEADERS);
    const { body } = await pool.request({ method: 'POST', path: '/echo', headers, body: BODY });
    await body.arrayBuffer();
  };
  const ways: readonly (readonly [string, Send])[] = [
    'plain undici',
    'gate, no ledger',
    'gate, full',
    'gate, relaxed',
  ].map((name, index) => [name, [plain, ...throughGate][index] ?? plain]);
  try {
    for (const [, send] of ways) await measure(send, 16);
    for (const atOnce of [1, 16]) {
      const seen = new Map(ways.map(([name]) => [name, [] as number[][]]));
      for (let round = 0; round < rounds; round += 1) {
        for (const [name, send] of ways) seen.get(name)?.push(await measure(send, atOnce));
      }
      console.log(`${atOnce} at once, ${rounds} rounds of ${requests} requests (median round, microseconds)`);
      for (const [name, results] of seen) {
        const median =
          results.sort((a, b) => quantile(a, 0.5) - quantile(b, 0.5))[Math.floor(rounds / 2)] ?? [];
        console.log(
          `  ${name.padEnd(16)} p50 ${quantile(median, 0.5).toFixed(0)}, p99 ${quantile(median, 0.99).toFixed(0)}`,
        );
      }
    }
  } finally {
    await Promise.all(gates.map((gate) => gate.close()));
    await Promise.all(stores.map((store) => store.close()));
    await Promise.all([pool.close(), echo.stop()]);
    await rm(dir, { recursive: true, force: true });
  }
}

main();
