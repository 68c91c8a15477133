import { firstUuidAt } from '../../ids.ts';
import type { JobFilter } from '../job-store.ts';
import { allOf, type Condition, when } from './where.ts';

const HOUR = 3_600_000;

/** Times between which the ids of the jobs of a filter were made: a job's id is taken to be made within an hour of `created_at`. */
export const idTimes = ({ from, to }: JobFilter) => ({
  from: from === undefined ? undefined : from - HOUR,
  to: to === undefined ? undefined : to + HOUR,
});

/** The jobs of a filter that come after the cursor; `from` and `to` are compared with `created_at`. */
export function jobConditions(filter: JobFilter, after: string | undefined): Condition {
  const { from, to } = idTimes(filter);
  return allOf(
    when(filter.project, 'project = ?'),
    when(filter.task, 'task = ?'),
    when(filter.trigger, '"trigger" = ?'),
    // Said twice, so that the database sees that the index without the jobs that are done will do.
    when(filter.status, filter.status === 'done' ? 'status = ?' : "status = ? AND status <> 'done'"),
    when(filter.from, 'created_at >= ?'),
    when(filter.to, 'created_at < ?'),
    when(from === undefined ? undefined : firstUuidAt(from), 'id >= ?'),
    when(to === undefined ? undefined : firstUuidAt(to), 'id < ?'),
    when(after, 'id < ?'),
  );
}
