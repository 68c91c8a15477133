import { firstUuidAt } from '../../../ids.ts';
import type { RetentionStore } from '../../retention-store.ts';
import type { Session } from '../database/session.ts';

/** See `RetentionStore.deleteOldJobs`; within a transaction. */
export async function deleteOldJobs(
  session: Session,
  { project, before, after, limit }: Parameters<RetentionStore['deleteOldJobs']>[0],
): Promise<{ readonly deleted: number; readonly next: string | null }> {
  const found = await session.rows<{ id: string }>(LOOK, [project, after ?? '', firstUuidAt(before), limit]);
  const ids = found.map(({ id }) => id);
  const deleted = ids.length === 0 ? 0 : await session.changes(DELETE, [ids, before]);
  return { deleted, next: ids.length === limit ? (ids.at(-1) ?? null) : null };
}

/** An old job can have ended a moment ago, so its id alone does not say that it is old. */
const LOOK = {
  name: 'look for old jobs',
  text: 'SELECT id FROM finished_jobs WHERE project = $1 AND id > $2 AND id < $3 ORDER BY id LIMIT $4',
};
const DELETE = {
  name: 'delete old jobs',
  text: `DELETE FROM finished_jobs WHERE id = ANY($1::text[]) AND coalesce(finished_at, created_at) < $2
AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.parent_id = finished_jobs.id)`,
};
