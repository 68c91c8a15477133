import type Database from 'better-sqlite3';
import { AppError } from '../../../app-error.ts';
import { firstUuidAt, timeOfUuid } from '../../../ids.ts';
import { type JobStatus, worseOf } from '../../../words.ts';
import type { JobRow } from '../../job-store.ts';
import { boundingMonth, monthOf } from '../../months.ts';
import { finishedJobsTable } from '../../partition-tables.ts';
import type { RetentionStore } from '../../retention-store.ts';
import type { Commits } from '../database/group-commit.ts';
import { type Partitions, partitions } from '../schema/partitions.ts';
import { JOB_COLUMNS, JOB_PLACES, type JobValues, jobValues } from './job-columns.ts';

/** Finished jobs, split by the month in which they were created. All that writes runs within a transaction. */
export interface JobHistory {
  readonly months: Pick<Partitions<unknown>, 'months' | 'table'>;
  /** Writes a final state and tells the jobs above it. False, and nothing is written, when the job has one already. */
  finish(job: JobRow): boolean;
  /** Removes a project's jobs, also the unfinished ones. */
  deleteProject(projectId: string, slug: string): void;
  /** See `RetentionStore.deleteOldJobs`. */
  deleteOld(old: OldJobs): { readonly deleted: number; readonly next: string | null };
  /** Drops the tables of months that have no job and lie before this one. */
  dropEmptyMonths(before: string): void;
}

type OldJobs = Parameters<RetentionStore['deleteOldJobs']>[0];

/** What a job that has ended says of itself and those below it. */
type Above = Pick<JobRow, 'id' | 'overall' | 'parent_id'>;

/** The finished jobs of this database. */
export function jobHistory(db: Database.Database, commits: Commits): JobHistory {
  const months = partitions(db, commits, 'jobs', finishedJobsTable, (table) => ({
    insert: db.prepare<JobValues>(
      `INSERT INTO ${table} (${JOB_COLUMNS}) VALUES (${JOB_PLACES}) ON CONFLICT (id) DO NOTHING`,
    ),
    find: db.prepare<[string], Above>(`SELECT id, overall, parent_id FROM ${table} WHERE id = ?`),
    worsen: db.prepare<[JobStatus, string]>(`UPDATE ${table} SET overall = ? WHERE id = ?`),
    // An old job can have ended a moment ago, so its id alone does not say that it is old.
    look: db
      .prepare<[string, string, string, number], string>(
        `SELECT id FROM ${table} WHERE project = ? AND id > ? AND id < ? ORDER BY id LIMIT ?`,
      )
      .pluck(),
    deleteOld: db.prepare<[string, number]>(
      `DELETE FROM ${table}
       WHERE id IN (SELECT value FROM json_each(?)) AND ifnull(finished_at, created_at) < ?
         AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.parent_id = ${table}.id)`,
    ),
  }));

  /** A job with sub-jobs is finished: they were queued with its final state. */
  function worsen({ overall, parent_id }: Omit<Above, 'id'>): void {
    const createdAt = parent_id === null ? undefined : timeOfUuid(parent_id);
    if (parent_id === null || createdAt === undefined || !months.has(monthOf(createdAt))) return;
    const month = months.write(monthOf(createdAt));
    const above = month.find.get(parent_id);
    if (above === undefined || worseOf(above.overall, overall) === above.overall) return;
    month.worsen.run(overall, parent_id);
    worsen({ overall, parent_id: above.parent_id });
  }

  const isEmpty = (month: string): boolean =>
    db.prepare(`SELECT 1 FROM ${months.table(month)} LIMIT 1`).get() === undefined;

  return {
    months,

    finish(job) {
      const createdAt = timeOfUuid(job.id);
      if (createdAt === undefined) {
        throw new AppError('invalid_id', 500, `"${job.id}" is no UUID version 7, so the job was not stored.`);
      }
      const { changes } = months.write(monthOf(createdAt)).insert.run(...jobValues(job));
      if (changes > 0) worsen(job);
      return changes > 0;
    },

    deleteOld({ project, before, after, limit }) {
      const bounds = {
        first: boundingMonth(after === null ? undefined : timeOfUuid(after)),
        last: boundingMonth(before),
      };
      let deleted = 0;
      let left = limit;
      for (const month of months.months(bounds).toReversed()) {
        const { look, deleteOld } = months.write(month);
        const ids = look.all(project, after ?? '', firstUuidAt(before), left);
        if (ids.length > 0) deleted += deleteOld.run(JSON.stringify(ids), before).changes;
        left -= ids.length;
        if (left === 0) return { deleted, next: ids.at(-1) ?? null };
      }
      return { deleted, next: null };
    },

    dropEmptyMonths(before) {
      for (const month of months.months()) {
        if (month < before && isEmpty(month)) months.drop(month);
      }
    },

    deleteProject(projectId, slug) {
      for (const table of ['jobs', ...months.months().map(months.table)]) {
        db.prepare<[string, string]>(`DELETE FROM ${table} WHERE project = ? AND project_id = ?`).run(
          slug,
          projectId,
        );
      }
    },
  };
}
