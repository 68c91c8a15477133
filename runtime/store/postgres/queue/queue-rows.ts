import type { JobRow } from '../../job-store.ts';
import type { Session } from '../database/session.ts';
import type { NewsLine } from '../nodes/news.ts';
import { JOB_COLUMNS, JOB_FIELDS, jobValues } from './job-columns.ts';

/** Queued jobs, for the verbs that write them with something else. */
export interface QueueRows {
  /** Inserts jobs with status `queued`, and tells other nodes. One statement, within a transaction or by itself. */
  enqueue(session: Session, jobs: readonly JobRow[]): Promise<void>;
  /** Tells other nodes that jobs were queued, with the commit or a moment after it. */
  tell(session: Session): Promise<void>;
  /** Removes a project's jobs, also those that are finished; within a transaction. */
  deleteProject(session: Session, projectId: string, slug: string): Promise<void>;
}

/**
 * Other nodes are told at most so often, in milliseconds: PostgreSQL lets transactions that tell something commit only one after the
 * other. What is queued sooner is told of together, later. Who misses it looks by itself before long.
 */
const TELL_EVERY_MS = 5;

/** `alone`: for what is told outside of transactions. */
export function queueRows(news: Pick<NewsLine, 'tell'>, alone: Session): QueueRows {
  let toldAt = Number.NEGATIVE_INFINITY;
  let isPlanned = false;

  function tellLater(): void {
    if (isPlanned) return;
    isPlanned = true;
    setTimeout(() => {
      isPlanned = false;
      // A database that is away has nobody who listens; a store that is closed has nothing to say.
      tell(alone).catch(() => {});
    }, TELL_EVERY_MS).unref();
  }

  async function tell(session: Session): Promise<void> {
    const now = performance.now();
    if (now - toldAt < TELL_EVERY_MS) return tellLater();
    toldAt = now;
    await news.tell(session, { kind: 'queued' });
  }

  return {
    tell,
    async enqueue(session, jobs) {
      if (jobs.length === 0) return;
      await Promise.all([session.changes(INSERT, [JSON.stringify(jobs.map(queuedValues))]), tell(session)]);
    },
    async deleteProject(session, projectId, slug) {
      await Promise.all(
        ['jobs', 'finished_jobs'].map((table) =>
          session.changes(`DELETE FROM ${table} WHERE project = $1 AND project_id = $2`, [slug, projectId]),
        ),
      );
    },
  };
}

/** A job that is to be queued, as it is stored. */
export const queuedValues = (job: JobRow) => ({
  ...jobValues(job),
  ready: isDue(job) ? 1 : 0,
});

/** As it is queued. */
export const isDue = ({ run_at, created_at }: JobRow): boolean => run_at <= created_at;

export const QUEUED_FIELDS = `${JOB_FIELDS}, ready bigint`;
export const QUEUED_COLUMNS = `${JOB_COLUMNS}, ready`;

const INSERT = {
  name: 'enqueue',
  text: `INSERT INTO jobs (${QUEUED_COLUMNS}) SELECT ${QUEUED_COLUMNS} FROM json_to_recordset($1) AS job(${QUEUED_FIELDS})`,
};
