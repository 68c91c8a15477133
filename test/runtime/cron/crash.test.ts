import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteStore } from '../../../runtime/store/sqlite/open.ts';
import type { Store } from '../../../runtime/store/store.ts';
import { MID_MONTH } from '../../support/rows.ts';

const WRITER = new URL('../../support/cron-writer.ts', import.meta.url).pathname;
const ROUNDS = 20;

describe('cron triggers whose server is killed at any moment', () => {
  let dir = '';
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'sluice-cron-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  /** Kills it `delay` milliseconds after it has queued so many jobs: in the middle of the next, as a rule. */
  async function runAndKill(file: string, jobs: number, delay: number): Promise<void> {
    const writer = spawn(process.execPath, [WRITER, file], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(writer, 'close');
    let said = 0;
    writer.stdout.on('data', (chunk: Buffer) => {
      said += chunk.length;
      if (said >= jobs * 2) setTimeout(() => writer.kill('SIGKILL'), delay);
    });
    const [, signal] = await ended;
    expect(signal).toBe('SIGKILL');
  }

  /** Every tick that has a job, and every one that was let go because the job before was unfinished. */
  async function ticksOf(store: Store, trigger: string): Promise<readonly number[]> {
    const ticks: number[] = [];
    let after: string | undefined;
    do {
      const page = await store.listJobs({ trigger }, { limit: 1000, after });
      ticks.push(...page.items.map(({ planned_at }) => planned_at ?? 0));
      after = page.next ?? undefined;
    } while (after !== undefined);
    do {
      const page = await store.listLogs({ trigger }, { limit: 1000, after });
      for (const { message } of page.items) {
        expect(message).toContain('is skipped');
        ticks.push(Date.parse(/planned for (\S+)/.exec(message)?.[1] ?? ''));
      }
      after = page.next ?? undefined;
    } while (after !== undefined);
    return ticks.sort((one, other) => one - other);
  }

  it('come once at each of their times, none lost and none twice', { timeout: 120_000 }, async () => {
    const file = join(dir, 'sluice.db');
    for (let round = 0; round < ROUNDS; round += 1) await runAndKill(file, 1 + round, 1 + (round % 7));

    const store = openSqliteStore({ file, chainKey: new Uint8Array(32).fill(7) });
    const next = await store.listCronPlans((await store.listProjects())[0]?.id ?? '');
    for (const { name, next_at } of next) {
      const ticks = await ticksOf(store, name);
      const count = ((next_at ?? 0) - MID_MONTH) / 1000 - 1;
      expect(ticks).toEqual(Array.from({ length: count }, (_, n) => MID_MONTH + (n + 1) * 1000));
      expect(count).toBeGreaterThan(ROUNDS);
    }
    expect(next).toHaveLength(2);
    await store.close();
  });
});
