import type Database from 'better-sqlite3';
import { AppError } from '../../app-error.ts';
import { timeOfUuid } from '../../ids.ts';
import type { JobRow } from '../job-store.ts';
import { monthOf } from '../months.ts';
import type { Commits } from './group-commit.ts';
import { JOB_COLUMNS, JOB_PLACES, type JobValues, jobValues } from './job-columns.ts';
import { finishedJobsTable } from './partition-tables.ts';
import { type Partitions, partitions } from './partitions.ts';

/** Finished jobs, split by the month in which they were created. `finish` and `deleteProject` run within a transaction. */
export interface JobHistory {
  readonly months: Pick<Partitions<unknown>, 'months' | 'table'>;
  /** Takes a job out of the unfinished ones, if it is there, and writes its final state. */
  finish(job: JobRow): void;
  /** Removes a project's jobs, also the unfinished ones. */
  deleteProject(projectId: string, slug: string): void;
}

/** The finished jobs of this database. */
export function jobHistory(db: Database.Database, commits: Commits): JobHistory {
  const months = partitions(db, commits, 'jobs', finishedJobsTable, (table) =>
    db.prepare<JobValues>(`INSERT OR REPLACE INTO ${table} (${JOB_COLUMNS}) VALUES (${JOB_PLACES})`),
  );
  const leave = db.prepare<[string]>('DELETE FROM jobs WHERE id = ?');

  return {
    months,

    finish(job) {
      const createdAt = timeOfUuid(job.id);
      if (createdAt === undefined) {
        throw new AppError('invalid_id', 500, `"${job.id}" is no UUID version 7, so the job was not stored.`);
      }
      leave.run(job.id);
      months.write(monthOf(createdAt)).run(...jobValues(job));
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
