import { spawn } from 'node:child_process';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { LedgerRow } from '../../../runtime/store/ledger-store.ts';
import type { Store } from '../../../runtime/store/store.ts';
import { bodyFor, type RecordedRequest, requestsIn, startRecorder } from '../../support/recorded-requests.ts';
import { openAgain } from '../../support/store.ts';

const SENDER = new URL('../../support/gate-sender.ts', import.meta.url).pathname;
/** `SLUICE_CRASH_ROUNDS=200` before a release. */
const ROUNDS = Number(process.env.SLUICE_CRASH_ROUNDS ?? 20);
const ROUND_MS = 10_000;

interface Round {
  readonly requests: readonly RecordedRequest[];
  readonly cut: number;
}

/** Lets a process send through its gate and kills it while it does, after a random time or at a random byte. */
async function sendAndKill(file: string, prefix: string): Promise<Round> {
  let kill = (): void => {};
  let pieces = 1 + Math.floor(Math.random() * 300);
  const byTime = Math.random() < 0.5;
  await using recorder = await startRecorder(() => {
    pieces -= 1;
    if (pieces === 0) setTimeout(kill, byTime ? Math.random() * 20 : 0);
    if (pieces === 0 && !byTime) kill();
  });
  const sender = spawn(process.execPath, [SENDER, file, recorder.place, prefix], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  kill = () => sender.kill('SIGKILL');
  const [, signal] = await once(sender, 'close');
  expect(signal).toBe('SIGKILL');
  await Promise.all([...recorder.connections].map((socket) => once(socket, 'close')));
  const requests = recorder.recorded().flatMap(requestsIn);
  return { requests, cut: requests.filter(({ body, length }) => body.length < length).length };
}

/** All rows of the round, by path. */
async function rowsOf(store: Store, from: number): Promise<ReadonlyMap<string, LedgerRow>> {
  const rows = new Map<string, LedgerRow>();
  let after: string | undefined;
  do {
    const page = await store.listLedger({ from }, { limit: 1000, after });
    for (const row of page.items) rows.set(new URL(row.url ?? '').pathname, row);
    after = page.next ?? undefined;
  } while (after !== undefined);
  return rows;
}

it('a gate that is killed at any moment has sent no byte without its row', {
  timeout: ROUNDS * ROUND_MS,
}, async () => {
  const dir = await mkdtemp(join(tmpdir(), 'sluice-gate-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  const counts = { requests: 0, bytes: 0, cut: 0, unsent: 0 };
  for (let round = 0; round < ROUNDS; round += 1) {
    const begin = Date.now();
    const { requests, cut } = await sendAndKill(join(dir, 'sluice.db'), `r${round}`);
    const store = openAgain({ dir });
    const rows = await rowsOf(store, begin);
    await store.close();
    for (const { method, path, body } of requests) {
      const row = rows.get(path);
      const whole = bodyFor(path);
      expect(row, `${method} ${path}`).toMatchObject({
        kind: 'request',
        method,
        bytes: whole.length,
        sha256: hash('sha256', whole, 'hex'),
      });
      expect(body.equals(whole.subarray(0, body.length))).toBe(true);
      counts.bytes += body.length;
    }
    counts.requests += requests.length;
    counts.cut += cut;
    counts.unsent += rows.size - requests.length;
  }
  console.log(`${ROUNDS} times killed: ${JSON.stringify(counts)}`);
  expect(counts.requests).toBeGreaterThan(ROUNDS);
});
