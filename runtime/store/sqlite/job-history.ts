import type Database from 'better-sqlite3';
import { AppError } from '../../app-error.ts';
import { timeOfUuid } from '../../ids.ts';
import { type JobStatus, worseOf } from '../../words.ts';
import type { JobRow } from '../job-store.ts';
import { monthOf } from '../months.ts';
import type { Commits } from './group-commit.ts';
import { JOB_COLUMNS, JOB_PLACES, type JobValues, jobValues } from './job-columns.ts';
import { finishedJobsTable } from './partition-tables.ts';
import { type Partitions, partitions } from './partitions.ts';

/** Finished jobs, split by the month in which they were created. `finish` and `deleteProject` run within a transaction. */
export interface JobHistory {
  readonly months: Pick<Partitions<unknown>, 'months' | 'table'>;
  /** Writes a final state and tells the jobs above it. False, and nothing is written, when the job has one already. */
  finish(job: JobRow): boolean;
  /** Removes a project's jobs, also the unfinished ones. */
  deleteProject(projectId: string, slug: string): void;
}

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
