import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { MoveReport } from '../../runtime/store/move/move-report.ts';
import { moveToPostgres } from '../../runtime/store/move/move-to-postgres.ts';
import { moveToSqlite } from '../../runtime/store/move/move-to-sqlite.ts';
import { finishedJobsTable, logHoursTable, logsTable } from '../../runtime/store/partition-tables.ts';
import { openSqliteStore } from '../../runtime/store/sqlite/open.ts';
import { moveTold } from '../../server/cli/move-told.ts';
import { startPostgres } from '../support/postgres/server.ts';

/**
 * How long a store takes that has many finished jobs and log lines, in three months: to a PostgreSQL of this machine that writes to
 * disk as one should, and back.
 *
 *     node server/launch.cjs --file test/bench/move.ts [jobs] [lines]
 */
const [jobs = 1_000_000, lines = 10_000_000] = process.argv.slice(2).map(Number);
const MONTHS = [8, 9, 10].map((month) => ({
  suffix: `2026_${String(month + 1).padStart(2, '0')}`,
  begins: Date.UTC(2026, month, 1),
  ms: Date.UTC(2026, month + 1, 1) - Date.UTC(2026, month, 1),
}));
const MB = 1024 ** 2;

async function fill(file: string): Promise<void> {
  await openSqliteStore({ file, chainKey: new Uint8Array(32) }).close();
  const db = new Database(file);
  db.pragma('synchronous = OFF');
  db.pragma('cache_size = -262144');
  const perMonth = (many: number) => Math.ceil(many / MONTHS.length);
  for (const [index, { suffix, begins, ms }] of MONTHS.entries()) {
    db.exec(finishedJobsTable(`jobs_${suffix}`));
    db.exec(logsTable(`logs_${suffix}`));
    db.exec(logHoursTable(`log_hours_${suffix}`));
    const numbers = (many: number) =>
      `WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ${many})`;
    const at = (many: number) => `${begins} + i * ${ms} / ${many}`;
    const uuid = (time: string) =>
      `substr(printf('%012x', ${time}), 1, 8) || '-' || substr(printf('%012x', ${time}), 9, 4) || '-7000-8000-' || printf('%012x', i)`;
    const allJobs = perMonth(jobs);
    db.exec(`${numbers(allJobs)}
      INSERT INTO jobs_${suffix}
      SELECT ${uuid(at(allJobs))}, 'p' || i % 20, 'project-' || i % 20, 'tasks-' || i % 7, 'TRIGGER_' || i % 9, 'webhook', 'handle_webhook',
             CASE WHEN i % 50 = 0 THEN 'failed' ELSE 'done' END, 'done', 1, 1, 10, ${at(allJobs)}, NULL, ${at(allJobs)}, ${at(allJobs)},
             ${at(allJobs)} + 12, 0.25 + i % 100 / 7.0, 3, '{"id":null,"name":"webhook INBOX","login":null,"role":null}',
             '{"method":"POST","headers":[["content-type","application/json"]],"body":"order ' || i || '"}', 1, NULL, '"OK"', NULL, NULL, 0, NULL, NULL
      FROM n`);
    const allLines = perMonth(lines);
    db.exec(`${numbers(allLines)}
      INSERT INTO logs_${suffix}
      SELECT ${index * allLines} + i + 1, ${at(allLines)}, i % 3, 'Order ' || i || ' of a customer was taken over, with lines and discounts', 'project-' || i % 20,
             'p' || i % 20, 'tasks-' || i % 7, 'TRIGGER_' || i % 9, ${uuid(`${at(allLines)} / 10 * 10`)}, 'task'
      FROM n`);
    db.exec(`INSERT INTO log_hours_${suffix}
      SELECT at - at % 3600000, project, level, ifnull(task, 0), ifnull("trigger", 0), count(*), sum(octet_length(message) + 300), min(at), max(at)
      FROM logs_${suffix} GROUP BY 1, 2, 3, 4, 5`);
    db.exec(
      `INSERT INTO log_totals SELECT '${suffix}', (SELECT max(id) FROM logs_${suffix}), sum(bytes) FROM log_hours_${suffix}`,
    );
  }
  db.close();
}

function tell(where: string, { rows, bytes, seconds }: MoveReport, began: number): void {
  const all = Math.round((performance.now() - began) / 1000);
  console.log(`${where}: ${rows} rows, ${Math.round(bytes / MB)} MB in ${all} s`, seconds);
}

const dir = mkdtempSync(join(tmpdir(), 'sluice-bench-move-'));
const back = mkdtempSync(join(tmpdir(), 'sluice-bench-move-'));
const server = await startPostgres({ careful: true, settings: ['max_wal_size=2GB'] });
const told = moveTold((line) => console.error(line));
try {
  await fill(join(dir, 'sluice.db'));
  console.log(`filled: ${Math.round(statSync(join(dir, 'sluice.db')).size / MB)} MB of SQLite`);
  let began = performance.now();
  tell('to PostgreSQL', await moveToPostgres({ dataDir: dir, url: server.url, restart: false, told }), began);
  began = performance.now();
  tell('back to SQLite', await moveToSqlite({ dataDir: back, url: server.url, restart: false, told }), began);
} finally {
  await server.stop();
  rmSync(dir, { recursive: true, force: true });
  rmSync(back, { recursive: true, force: true });
}
