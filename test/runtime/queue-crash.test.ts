import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chainKeyObject, linkRow } from '../../runtime/store/chain.ts';
import type { LedgerWrite } from '../../runtime/store/ledger-store.ts';
import { found, verify } from '../support/ledger.ts';
import { type EndedJob, endedJobs, monthsOf, QueueEvidence } from '../support/queue-evidence.ts';

const WORKS = new URL('../support/crashing-works.ts', import.meta.url).pathname;
/** `SLUICE_CRASH_ROUNDS=300` before a release. */
const ROUNDS = Number(process.env.SLUICE_CRASH_ROUNDS ?? 20);
const ROUND_MS = 15_000;
/** Most lives are short, and some long enough for what waits for a runner. */
const LONGEST_LIFE_MS = 2500;
/** One round in so many ends before the works have started. */
const EARLY = 8;
const CHAIN_KEY = chainKeyObject(new Uint8Array(32).fill(7));

type Stored = LedgerWrite & { chain: string; seq: number; previous_hash: string; hash: string };

describe('a server that is killed at any moment, again and again', () => {
  let dir = '';
  let db: Database.Database;
  const evidence = new QueueEvidence();
  const since = String(Date.now());

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'sluice-crash-'));
    db = new Database(join(dir, 'sluice.db'));
  });
  afterEach(() => {
    db.close();
    rmSync(dir, { recursive: true, force: true });
  });

  /** `life` in milliseconds after it is ready, or, when `early`, after it was started; without it, it ends by itself. */
  async function run(life?: number, early = false): Promise<void> {
    const more = life === undefined ? ['last'] : [];
    const works = spawn(process.execPath, [WORKS, join(dir, 'sluice.db'), since, ...more], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(works, 'exit');
    const kill = () => {
      if (life !== undefined) setTimeout(() => works.kill('SIGKILL'), life);
    };
    if (early) kill();
    const lines = createInterface({ input: works.stdout });
    const read = once(lines, 'close');
    lines.on('line', (line) => {
      if (line === 'ready' && !early) kill();
      else evidence.hear(line);
    });
    const [code, signal] = await ended;
    await read;
    expect([code, signal]).toEqual(life === undefined ? [0, null] : [null, 'SIGKILL']);
  }

  const registered = () =>
    new Map(
      db
        .prepare<[], { key: string; value: string }>("SELECT key, value FROM registers WHERE name = 'runs'")
        .all()
        .map(({ key, value }) => [key, Number(value)]),
    );

  function wrongOf(job: EndedJob, runs: number, children: number): string | undefined {
    const { id, status, attempt, max_attempts, input, parent_id } = job;
    const kind = parent_id === null && job.trigger_type === 'button' ? JSON.parse(input ?? '""') : '';
    const starts = evidence.startsOf(id);
    const last = evidence.lastAttempt(id);
    if (runs > starts) return `ran ${runs} times and was started ${starts} times`;
    if (status === 'cancelled') return undefined;
    if (evidence.cancelled.has(id)) return `was cancelled and is ${status}`;
    if (attempt > max_attempts || attempt !== last) return `has attempt ${attempt} after ${last}`;
    if (job.trigger_type === 'webhook') return undefined;
    if (status !== (kind === 'fail' ? 'failed' : 'done')) return `is ${status}, being ${kind}`;
    if (runs < 1) return 'is done and never ran';
    if (kind === 'fail' && attempt !== 4) return `failed for good after ${attempt} attempts`;
    if (kind === 'again' && attempt !== 3) return `is done after ${attempt} attempts`;
    const expected = kind.endsWith('parent') ? 2 : 0;
    return children === expected ? undefined : `has ${children} sub-jobs instead of ${expected}`;
  }

  function check(): readonly string[] {
    const jobs = endedJobs(db);
    const runs = registered();
    const children = Map.groupBy(jobs.values(), ({ parent_id }) => parent_id);
    const wrong = [...jobs.values()].flatMap((job) => {
      const what = wrongOf(job, runs.get(job.id) ?? 0, children.get(job.id)?.length ?? 0);
      return what === undefined ? [] : [`${job.id} ${what}`];
    });
    const lost = [...evidence.accepted.keys()].filter((id) => !jobs.has(id)).map((id) => `${id} is lost`);
    return [...evidence.problems, ...wrong, ...lost, ...twice(jobs), ...brokenLedger(jobs)];
  }

  function twice(jobs: ReadonlyMap<string, EndedJob>): readonly string[] {
    const ticks = [...jobs.values()].flatMap(({ planned_at, trigger_type }) =>
      trigger_type === 'cron' && planned_at !== null ? [planned_at] : [],
    );
    return new Set(ticks).size === ticks.length ? [] : ['a tick has two jobs'];
  }

  /** Each chain is whole, and each webhook that was not cut off has the one row of its answer. */
  function brokenLedger(jobs: ReadonlyMap<string, EndedJob>): readonly string[] {
    const rows = monthsOf(db, 'ledger').flatMap((table) =>
      db.prepare<[], Stored>(`SELECT * FROM ${table} ORDER BY position`).all(),
    );
    const wrong: string[] = [];
    for (const [chain, own] of Map.groupBy(rows, (row) => row.chain)) {
      let previous = '0'.repeat(64);
      for (const [index, row] of own.entries()) {
        const link = linkRow(CHAIN_KEY, chain, index + 1, previous, row);
        if (link.hash !== row.hash || link.seq !== row.seq)
          wrong.push(`ledger ${chain} breaks at ${row.seq}`);
        previous = row.hash;
      }
    }
    wrong.push(...found(verify(join(dir, 'sluice.db'))));
    const answered = rows.map(({ job }) => job).toSorted();
    const hooks = [...jobs.values()].filter(({ trigger_type }) => trigger_type === 'webhook');
    const whole = hooks.filter(({ status }) => status !== 'crashed').map(({ id }) => id);
    if (answered.join() !== whole.toSorted().join()) wrong.push('answers and webhooks differ');
    if (answered.length < evidence.counts.answered) wrong.push('an answer was sent and not written');
    return wrong;
  }

  it('loses no event, and runs nothing twice that has ended', {
    timeout: (ROUNDS + 4) * ROUND_MS,
  }, async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const early = round % EARLY === EARLY - 1;
      await run(Math.random() ** 3 * LONGEST_LIFE_MS, early);
      evidence.died(endedJobs(db).keys());
    }
    await run();
    const unfinished = db.prepare('SELECT id, status FROM jobs').all();
    const ends = [...endedJobs(db).values()].map(({ trigger_type, status }) => `${trigger_type} ${status}`);
    const ended = Object.fromEntries(
      [...Map.groupBy(ends, (end) => end)].map(([end, all]) => [end, all.length]),
    );
    console.log(`${ROUNDS} times killed: ${JSON.stringify({ ...evidence.counts, ...ended })}`);
    expect(unfinished).toEqual([]);
    expect(check()).toEqual([]);
    expect(evidence.counts.starts).toBeGreaterThan(ROUNDS);
    expect(evidence.counts.answered).toBeGreaterThan(0);
  });
});
