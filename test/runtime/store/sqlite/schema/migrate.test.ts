import Database from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import * as first from '../../../../../runtime/store/migrations/0001-first-tables.ts';
import * as audit from '../../../../../runtime/store/migrations/0002-audit.ts';
import { logsTable } from '../../../../../runtime/store/partition-tables.ts';
import { migrate } from '../../../../../runtime/store/sqlite/schema/migrate.ts';

const JOB =
  "('j', 'p', 'demo', 'T', 'GO', 'button', 'handle_button', 'done', 'done', 1, 5, 10, 1, NULL, 1, 1, 2, 0, 1, '{}', '{\"a\":1}', NULL, NULL, NULL";

const opened: Database.Database[] = [];
afterEach(() => {
  for (const db of opened.splice(0)) db.close();
});

/** A database of the second schema with a job that is queued and one that has ended. */
function secondSchema(): Database.Database {
  const db = new Database(':memory:');
  opened.push(db);
  db.exec(first.sql + audit.sql);
  db.exec('CREATE TABLE schema_version (version INTEGER PRIMARY KEY, applied_at INTEGER NOT NULL) STRICT');
  db.exec('INSERT INTO schema_version VALUES (1, 0), (2, 0)');
  const columns = db.prepare<[], { name: string; type: string }>('PRAGMA table_info(jobs)').all();
  const own = columns.filter(({ name }) => !['ready', 'holder', 'lease_until', 'process'].includes(name));
  const list = own.map(({ name, type }) => `"${name}" ${type}`).join(', ');
  db.exec(`CREATE TABLE jobs_2026_10 (${list}) STRICT; INSERT INTO jobs_2026_10 VALUES ${JOB})`);
  db.exec(`INSERT INTO jobs VALUES ${JOB}, 1, NULL, NULL, NULL)`);
  return db;
}

describe('a database of an earlier Sluice', () => {
  it('keeps its jobs, and only those not ended count as having their whole input', () => {
    const db = secondSchema();
    migrate(db, 'memory', 0);
    const ofQueued = db.prepare('SELECT id, input, input_whole FROM jobs').all();
    const ofEnded = db.prepare('SELECT id, input, input_whole FROM jobs_2026_10').all();
    expect(ofQueued).toEqual([{ id: 'j', input: '{"a":1}', input_whole: 1 }]);
    expect(ofEnded).toEqual([{ id: 'j', input: '{"a":1}', input_whole: 0 }]);
  });

  it('has its log lines rolled up, and numbers the next one after them', () => {
    const db = secondSchema();
    db.exec(`${logsTable('logs_2026_10')} INSERT INTO logs_2026_10 VALUES
      (7, 3600001, 1, 'ß', 'demo', 'p', NULL, 'GO', 'j', 'task'), (9, 3600005, 1, 'x', 'demo', 'p', NULL, 'GO', 'j', 'task'),
      (8, 1, 1, 'x', 'demo', 'p', 'T', NULL, 'j', 'task')`);
    migrate(db, 'memory', 0);
    expect(db.prepare('SELECT * FROM log_hours_2026_10').raw().all()).toEqual([
      [0, 'demo', 1, 'T', 0, 1, 301, 1, 1],
      [3600000, 'demo', 1, 0, 'GO', 2, 603, 3600001, 3600005],
    ]);
    expect(db.prepare('SELECT * FROM log_totals').all()).toEqual([
      { month: '2026_10', newest_id: 9, bytes: 904 },
    ]);
  });

  it('is brought up to date once', () => {
    const db = secondSchema();
    migrate(db, 'memory', 0);
    const versions = () => db.prepare('SELECT version FROM schema_version').all();
    const before = versions();
    migrate(db, 'memory', 1);
    expect(versions()).toEqual(before);
  });
});
