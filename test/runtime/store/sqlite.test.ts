import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chainKeyObject, linkRow } from '../../../runtime/store/chain.ts';
import type { LedgerWrite } from '../../../runtime/store/ledger-store.ts';
import { openSqliteStore } from '../../../runtime/store/sqlite/open.ts';
import type { Store } from '../../../runtime/store/store.ts';
import { doneJob, jobRow, ledgerWrite, logWrite, MID_MONTH, outcomeOf } from '../../support/rows.ts';
import { CHAIN_KEY, openSqlite } from './conformance/open-sqlite.ts';
import { describeStore } from './conformance.ts';

const openIn = (dir: string): Store => openSqliteStore({ file: join(dir, 'sluice.db'), chainKey: CHAIN_KEY });

describeStore('sqlite', openSqlite());

describe('the sqlite file', () => {
  let dir = '';
  let store: Store;
  let reader: Database.Database;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'sluice-store-'));
    store = openIn(dir);
    reader = new Database(join(dir, 'sluice.db'));
  });
  afterEach(async () => {
    reader.close();
    await store.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const tables = () =>
    reader
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB '*_2026_*' ORDER BY name")
      .pluck()
      .all();

  it('shows a write to another connection once it has resolved', async () => {
    const job = jobRow();
    await store.enqueueJob(job);
    expect(reader.prepare('SELECT id FROM jobs').pluck().all()).toEqual([job.id]);
  });

  it('is in WAL mode and can give space back', () => {
    expect(reader.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(reader.pragma('auto_vacuum', { simple: true })).toBe(2);
  });

  it('can be read by its owner only', () => {
    for (const name of ['sluice.db', 'sluice.db-wal', 'sluice.db-shm']) {
      expect(statSync(join(dir, name)).mode & 0o777).toBe(0o600);
    }
  });

  it('splits finished jobs by creation, logs and ledger by their time', async () => {
    const job = doneJob({ created_at: Date.UTC(2026, 9, 31, 23, 59) });
    await store.finishJob({ job, logs: [logWrite()], ledger: [ledgerWrite({ at: Date.UTC(2026, 11, 1) })] });
    expect(tables()).toEqual(['jobs_2026_10', 'ledger_2026_12', 'log_hours_2026_11', 'logs_2026_11']);
  });

  it('leaves no table behind when the write that made it is rejected', async () => {
    const bad = { job: doneJob(), logs: [logWrite({ at: Number.NaN })], ledger: [] };
    await expect(store.finishJob(bad)).rejects.toThrow();
    expect(tables()).toEqual([]);
  });

  it('puts the writes of one moment into one transaction', async () => {
    const wal = join(dir, 'sluice.db-wal');
    await store.enqueueJob(jobRow());
    const commits = () => commitsIn(readFileSync(wal));
    const before = commits();
    await Promise.all(Array.from({ length: 20 }, () => store.enqueueJob(jobRow())));
    expect(commits() - before).toBe(1);
  });

  it('writes one row of the roll-ups for all lines of one kind, however many come at once', async () => {
    await store.appendLogs([logWrite()]);
    reader.exec(`CREATE TABLE written (id INTEGER);
      CREATE TRIGGER noted AFTER UPDATE ON log_hours_2026_11 BEGIN INSERT INTO written VALUES (1); END`);
    const many = Array.from({ length: 500 }, () => logWrite());
    await Promise.all([store.appendLogs(many), store.appendLogs(many)]);
    expect(reader.prepare('SELECT count(*) FROM written').pluck().get()).toBe(1);
    expect(reader.prepare('SELECT count, bytes FROM log_hours_2026_11').all()).toEqual([
      { count: 1001, bytes: 1001 * 305 },
    ]);
  });

  it('finds due jobs, queues, running jobs and pages through indexes', async () => {
    await store.finishJob({ job: doneJob(), logs: [logWrite()], ledger: [ledgerWrite()] });
    const plan = (sql: string) =>
      reader
        .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
        .all()
        .map(({ detail }) => detail)
        .join('\n');
    const newest = 'ORDER BY id DESC LIMIT 5';
    expect(plan(`SELECT * FROM jobs_2026_11 WHERE project = 'a' AND id < 'b' ${newest}`)).toMatch(
      /SEARCH.*_project/,
    );
    expect(plan(`SELECT * FROM jobs_2026_11 WHERE status = 'failed' AND status <> 'done' ${newest}`)).toMatch(
      /SEARCH.*_status/,
    );
    const byTime = plan(
      "SELECT * FROM logs_2026_11 WHERE project = 'a' AND (at, id) < (1, 2) ORDER BY at DESC, id DESC",
    );
    expect(byTime).toMatch(/^SEARCH.*_project \(project=\? AND at<\?\)$/);
    expect(plan(`SELECT * FROM logs_2026_11 WHERE job = 'a' ${newest}`)).toMatch(/SEARCH.*_job/);
    const grouped = (by: string) =>
      plan(`SELECT sum(count) FROM log_hours_2026_11 WHERE hour > 1 GROUP BY ${by}`);
    expect(grouped('hour')).not.toMatch(/B-TREE/);
    expect(grouped('hour, project, level')).not.toMatch(/B-TREE/);
    expect(
      plan("SELECT id FROM jobs WHERE ready = 1 AND queue = 'a' ORDER BY priority, run_at, id LIMIT 1"),
    ).toMatch(/^SEARCH jobs USING (COVERING )?INDEX jobs_queue \(queue=\?\)$/);
    expect(plan("SELECT id FROM jobs WHERE status = 'running' AND process = 'a'")).toMatch(
      /^SEARCH jobs USING (COVERING )?INDEX jobs_running/,
    );
    expect(plan("SELECT id FROM jobs WHERE status = 'running' AND process IS NOT 'a'")).toMatch(
      /INDEX jobs_running/,
    );
  });

  describe('its ledger chain', () => {
    type Stored = LedgerWrite & { chain: string; seq: number; previous_hash: string; hash: string };

    /** Sequence numbers of rows that do not fit the row before them. */
    function broken(key = CHAIN_KEY): readonly number[] {
      const rows = reader.prepare<[], Stored>('SELECT * FROM ledger_2026_11 ORDER BY position').all();
      const secret = chainKeyObject(key);
      let previous = '0'.repeat(64);
      return rows.flatMap((row, index) => {
        const link = linkRow(secret, row.chain, index + 1, previous, row);
        previous = row.hash;
        return link.hash === row.hash && link.seq === row.seq ? [] : [row.seq];
      });
    }

    beforeEach(async () => {
      const row = ledgerWrite({ excerpt: 'a\0\ud800', duration_ms: 1.25 });
      await store.appendLedger([row, ledgerWrite(), outcomeOf(row.id), ledgerWrite({ at: MID_MONTH + 0.5 })]);
    });

    it('fits what is stored, outcomes included', () => {
      expect(broken()).toEqual([]);
      expect(reader.prepare('SELECT count(*) FROM ledger_2026_11').pluck().get()).toBe(4);
    });

    it('shows a row that was changed', () => {
      reader.exec("UPDATE ledger_2026_11 SET recipient = 'elsewhere.example.org' WHERE seq = 2");
      expect(broken()).toEqual([2]);
    });

    it('shows a row that was removed', () => {
      reader.exec('DELETE FROM ledger_2026_11 WHERE seq = 2');
      expect(broken()).toEqual([3, 4]);
    });

    it('cannot be made anew without its key', () => {
      expect(broken(new Uint8Array(32).fill(8))).toEqual([1, 2, 3, 4]);
    });
  });
});

describe('opening a sqlite file', () => {
  let dir = '';
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'sluice-store-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  it('refuses data of a newer Sluice and says so', async () => {
    await openIn(dir).close();
    const db = new Database(join(dir, 'sluice.db'));
    db.exec('INSERT INTO schema_version (version, applied_at) VALUES (999, 0)');
    db.close();
    expect(() => openIn(dir)).toThrow(/schema 999, written by a newer Sluice/);
  });

  it('names a file that is no database', () => {
    writeFileSync(
      join(dir, 'sluice.db'),
      'this is a text, and long enough to be looked at as a header'.repeat(99),
    );
    expect(() => openIn(dir)).toThrow(`The database ${join(dir, 'sluice.db')} cannot be opened`);
  });

  it('names a directory that is missing', () => {
    expect(() => openIn(join(dir, 'missing'))).toThrow(/missing.sluice\.db cannot be opened/);
  });
});

/** Transactions in a WAL file: the frames whose header holds the size of the database after a commit. */
function commitsIn(wal: Buffer): number {
  const frame = 24 + wal.readUInt32BE(8);
  let commits = 0;
  for (let at = 32; at + frame <= wal.length; at += frame) if (wal.readUInt32BE(at + 4) !== 0) commits += 1;
  return commits;
}
