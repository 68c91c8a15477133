import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteStore } from '../../../runtime/store/sqlite/open.ts';
import { claimOne } from '../../support/free-places.ts';
import { verify } from '../../support/ledger.ts';

const WRITER = new URL('../../support/store-writer.ts', import.meta.url).pathname;

describe('a store whose process is killed while it writes', () => {
  let dir = '';
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'sluice-crash-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  /** Lets a writer store at least `count` jobs, kills it, and gives the ids it had reported. */
  async function writeAndKill(file: string, count: number): Promise<readonly string[]> {
    const writer = spawn(process.execPath, [WRITER, file], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(writer, 'close');
    let said = '';
    writer.stdout.setEncoding('utf8');
    writer.stdout.on('data', (chunk: string) => {
      said += chunk;
      if (said.length > count * 37) writer.kill('SIGKILL');
    });
    const [, signal] = await ended;
    expect(signal).toBe('SIGKILL');
    return said.split('\n').slice(0, -1);
  }

  it('has every job it reported, whole, an unbroken ledger, and gives back what it was running', async () => {
    const file = join(dir, 'sluice.db');
    const reported = await writeAndKill(file, 300);
    const store = openSqliteStore({ file, chainKey: new Uint8Array(32).fill(7) });

    expect(reported.length).toBeGreaterThanOrEqual(300);
    for (const id of reported) {
      expect(await store.getJob(id)).toMatchObject({ status: 'done' });
      expect((await store.listLogs({ job: id }, { limit: 9 })).items).toHaveLength(2);
    }
    const ledger = (await store.listLedger({}, { limit: 10_000 })).items;
    expect(ledger.map(({ seq }) => seq).reverse()).toEqual(ledger.map((_, index) => index + 1));
    expect(ledger.map(({ job }) => job)).toEqual(expect.arrayContaining([...reported]));

    expect(await store.takeBackJobs(Date.now())).toHaveLength(1);
    expect(await claimOne(store, Date.now())).toMatchObject({
      attempt: 1,
    });
    await store.close();
    expect(verify(file)).toMatchObject({ ok: true, chains: 1 });
  });
});
