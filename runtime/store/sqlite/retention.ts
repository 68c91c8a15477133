import type Database from 'better-sqlite3';
import { monthOf } from '../months.ts';
import type { RetentionStore } from '../retention-store.ts';
import { HOUR_MS } from '../rules/log-tally.ts';
import type { Commits } from './database/group-commit.ts';
import type { LedgerRemoval } from './ledger/ledger-removal.ts';
import type { Logs } from './logs/logs.ts';
import type { JobHistory } from './queue/job-history.ts';
import { readMonths } from './schema/month-tables.ts';

/** Deletes by age and size; each call is one short transaction. */
export function sqliteRetention(
  db: Database.Database,
  commits: Commits,
  jobs: JobHistory,
  logs: Logs,
  ledger: LedgerRemoval,
): Omit<RetentionStore, 'largestLogs'> {
  const totalBytes = db.prepare<[], number>('SELECT ifnull(sum(bytes), 0) FROM log_totals').pluck();

  const oldestHour = (month: string): number | null =>
    db.prepare<[], number | null>(`SELECT min(hour) FROM log_hours_${month}`).pluck().get() ?? null;

  return {
    async listKeptProjects(after, limit) {
      const inMonths = (base: string, where: string): readonly string[] =>
        readMonths(db, base).flatMap((month) => projectsIn(db, `${base}_${month}`, where, after, limit));
      const found = new Set([
        ...inMonths('logs', '1'),
        ...inMonths('jobs', '1'),
        ...inMonths('ledger', "kind <> 'outcome'"),
      ]);
      return [...found].sort(byBytes).slice(0, limit);
    },

    deleteOldLogs({ before, limit, project }) {
      const hour = Math.floor(before / HOUR_MS) * HOUR_MS;
      return commits.write(() => logs.deleteOldest(hour, limit, project));
    },

    deleteOldJobs: (old) => commits.write(() => jobs.deleteOld(old)),

    deleteOldLedger: (old) => commits.write(() => ledger.deleteOld(old)),

    async sizeOfLogs() {
      const bytes = totalBytes.get() ?? 0;
      for (const month of readMonths(db, 'log_hours').toReversed()) {
        const oldest = oldestHour(month);
        if (oldest !== null) return { bytes, oldest };
      }
      return { bytes, oldest: null };
    },

    dropEmptyMonths(now) {
      const month = monthOf(now);
      return commits.write(() => {
        logs.dropEmptyMonths(month);
        jobs.dropEmptyMonths(month);
        ledger.dropEmptyMonths(month);
      });
    },

    giveSpaceBack(most, spare) {
      return commits.write(() => {
        const pageSize = pragma(db, 'page_size');
        const free = pragma(db, 'freelist_count') - Math.ceil(spare / pageSize);
        const pages = Math.min(free, Math.ceil(most / pageSize));
        if (pages <= 0) return 0;
        db.pragma(`incremental_vacuum(${pages})`);
        return pages * pageSize;
      });
    },
  };
}

/** One seek for each project, however many rows it has, in an index of rows for which `where` holds. */
function projectsIn(
  db: Database.Database,
  table: string,
  where: string,
  after: string | null,
  limit: number,
): string[] {
  return db
    .prepare<{ after: string; limit: number }, string>(
      `WITH RECURSIVE found (project) AS (
         SELECT min(project) FROM ${table} WHERE ${where} AND project > @after
         UNION ALL
         SELECT (SELECT min(project) FROM ${table} WHERE ${where} AND project > found.project) FROM found WHERE project IS NOT NULL
       )
       SELECT project FROM found WHERE project IS NOT NULL LIMIT @limit`,
    )
    .pluck()
    .all({ after: after ?? '', limit });
}

/** As the database orders text, so that "after" means the same here and there. */
const byBytes = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other));

const pragma = (db: Database.Database, name: string): number => Number(db.pragma(name, { simple: true }));
