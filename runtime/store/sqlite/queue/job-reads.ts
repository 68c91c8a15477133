import type Database from 'better-sqlite3';
import { timeOfUuid } from '../../../ids.ts';
import type { JobRow, JobStore } from '../../job-store.ts';
import { boundingMonth } from '../../months.ts';
import { JOB_COLUMNS } from './job-columns.ts';
import type { JobHistory } from './job-history.ts';

/** One job by its id, among the unfinished ones and in the month in which it can be. */
export function sqliteJobReads(db: Database.Database, { months }: JobHistory): Pick<JobStore, 'getJob'> {
  const findIn = (table: string, id: string): JobRow | undefined =>
    db.prepare<[string], JobRow>(`SELECT ${JOB_COLUMNS} FROM ${table} WHERE id = ?`).get(id);

  const childrenIn = (table: string, id: string): readonly string[] =>
    db.prepare<[string], string>(`SELECT id FROM ${table} WHERE parent_id = ?`).pluck().all(id);

  return {
    async getJob(id) {
      const createdAt = timeOfUuid(id);
      if (createdAt === undefined) return undefined;
      const month = boundingMonth(createdAt);
      const own = months.months({ first: month, last: month }).map(months.table);
      const job = ['jobs', ...own].map((table) => findIn(table, id)).find((found) => found !== undefined);
      if (job === undefined) return undefined;
      const later = months.months({ first: month }).map(months.table);
      const children = ['jobs', ...later].flatMap((table) => childrenIn(table, id)).sort();
      return Object.freeze({ ...job, children });
    },
  };
}
