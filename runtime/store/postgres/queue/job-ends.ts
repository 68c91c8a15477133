import { AppError } from '../../../app-error.ts';
import { timeOfUuid } from '../../../ids.ts';
import { JOB_STATUSES } from '../../../words.ts';
import type { JobFinish, JobRow } from '../../job-store.ts';
import type { Prepared, Session } from '../database/session.ts';
import { COUNT_WRITTEN } from '../logs/log-counts.ts';
import { LINE_COLUMNS, LINE_FIELDS, rowOf, type StoredLine, storedLine } from '../logs/log-rows.ts';
import type { LogWatch } from '../logs/log-watch.ts';
import type { KnownMonths } from '../schema/known-months.ts';
import {
  CHANGED_COLUMNS,
  CHANGED_FIELDS,
  changedValues,
  JOB_COLUMNS,
  JOB_FIELDS,
  jobValues,
} from './job-columns.ts';
import { QUEUED_COLUMNS, QUEUED_FIELDS, type QueueRows, queuedValues } from './queue-rows.ts';

/** A final state that is to be written. */
export interface JobEnd {
  readonly finish: JobFinish;
  /** It ends from `queued`, and not from `running` by this process. */
  readonly queued: boolean;
}

/** Final states of jobs, with their lines and sub-jobs. */
export interface JobEnds {
  /** Makes the months that they need. Rejects with an `AppError` what no store takes. */
  ready(ends: readonly JobEnd[]): Promise<void>;
  /**
   * Writes those that count, all in one statement; no two are of one job. Gives the ids of those that did. `writer` counts their
   * lines and is nobody else's meanwhile.
   */
  write(session: Session, ends: readonly JobEnd[], writer: string): Promise<ReadonlySet<string>>;
  /** Tells the jobs above one that has ended; within a transaction. */
  worsen(session: Session, job: Pick<JobRow, 'overall' | 'parent_id'>): Promise<void>;
}

/** Whether jobs above it may have to be told. */
export const mayWorsen = ({ parent_id, overall }: JobRow): boolean =>
  parent_id !== null && overall !== 'done';

export interface JobEndsOptions {
  readonly months: KnownMonths;
  readonly queue: Pick<QueueRows, 'tell'>;
  readonly watch: LogWatch;
  /** Names this start of the process. */
  readonly process: string;
}

export function jobEnds({ months, queue, watch, process }: JobEndsOptions): JobEnds {
  return {
    async ready(ends) {
      const lines = ends.flatMap(({ finish: { logs } }) => logs.map(({ at }) => at));
      await months.ready(
        'finished_jobs',
        ends.map(({ finish: { job } }) => createdAt(job)),
      );
      await months.ready('logs', lines);
      await months.ready('log_hours', lines);
    },

    async write(session, ends, writer) {
      const lines = ends.flatMap(({ finish: { job, logs } }) =>
        logs.map((line) => ({ ended: job.id, line: storedLine(line) })),
      );
      const added = ends.flatMap(({ finish: { job, subJobs = [] } }) =>
        subJobs.map((subJob) => ({ ended: job.id, ...queuedValues(subJob) })),
      );
      const isWhole = ends.some(mayBeNew);
      const values: unknown[] = [
        JSON.stringify(ends.map(isWhole ? wholeValues : endValues)),
        ids(ends),
        process,
      ];
      if (lines.length > 0)
        values.push(JSON.stringify(lines.map(({ ended, line }) => ({ ended, ...line }))), writer);
      if (added.length > 0) values.push(JSON.stringify(added));
      const form = formOf(isWhole, lines.length > 0, added.length > 0);
      const [[row]] = await Promise.all([
        months.orForget(session.rows<Written>(form, values)),
        added.length > 0 ? queue.tell(session) : undefined,
      ]);
      const counted = new Set(row?.counted);
      const told = lines.filter(({ ended }) => counted.has(ended)).map(({ line }) => line);
      session.committed(() => watch.wrote(numbered(told, row?.lines ?? [])));
      return counted;
    },

    async worsen(session, { overall, parent_id }) {
      const better = JOB_STATUSES.slice(0, JOB_STATUSES.indexOf(overall));
      let above = parent_id;
      while (above !== null) {
        // A job with sub-jobs is finished: they were queued with its final state.
        const told = await session.row<Pick<JobRow, 'parent_id'>>(WORSEN, [overall, above, better]);
        above = told?.parent_id ?? null;
      }
    },
  };
}

interface Written {
  readonly counted: readonly string[];
  /** Numbers of its lines, in order. */
  readonly lines: readonly string[];
}

const ids = (ends: readonly JobEnd[]): readonly string[] => ends.map(({ finish: { job } }) => job.id);

const numbered = (lines: readonly StoredLine[], numbers: readonly string[]) =>
  lines.map((line, index) => rowOf(line, Number(numbers[index])));

/** A webhook's own job may be new to the store. */
const mayBeNew = ({ finish: { job }, queued }: JobEnd): boolean =>
  !queued && job.trigger_type === 'webhook' && job.parent_id === null;

const endValues = ({ finish: { job }, queued }: JobEnd) => ({
  ...changedValues(job),
  from_queue: queued ? 1 : 0,
});
const wholeValues = (end: JobEnd) => ({
  ...jobValues(end.finish.job),
  from_queue: end.queued ? 1 : 0,
  may_be_new: mayBeNew(end) ? 1 : 0,
});

function createdAt({ id }: JobRow): number {
  const at = timeOfUuid(id);
  if (at === undefined)
    throw new AppError('invalid_id', 500, `"${id}" is no UUID version 7, so the job was not stored.`);
  return at;
}

const LEAVE = `
  DELETE FROM jobs USING ended
  WHERE jobs.id = ANY($2::text[]) AND jobs.id = ended.id AND jobs.attempt = ended.attempt
    AND CASE ended.from_queue WHEN 1 THEN jobs.status = 'queued'
      ELSE jobs.status = 'running' AND jobs.process = $3 AND jobs.started_at = ended.started_at END`;

const ENDS = `
WITH ended AS MATERIALIZED (
  SELECT * FROM json_to_recordset($1) AS job(${CHANGED_FIELDS}, from_queue bigint)
), gone AS (${LEAVE}
  RETURNING ${CHANGED_COLUMNS}
), counted AS (
  INSERT INTO finished_jobs (${JOB_COLUMNS}) SELECT ${JOB_COLUMNS} FROM gone ON CONFLICT (id) DO NOTHING RETURNING id
)`;

/** The same where some may be new to the store. */
const WHOLE_ENDS = `
WITH ended AS MATERIALIZED (
  SELECT * FROM json_to_recordset($1) AS job(${JOB_FIELDS}, from_queue bigint, may_be_new bigint)
), gone AS (${LEAVE}
  RETURNING jobs.id
), counting AS (
  SELECT id FROM gone
  UNION ALL
  SELECT id FROM ended WHERE may_be_new = 1 AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.id = ended.id)
), counted AS (
  INSERT INTO finished_jobs (${JOB_COLUMNS}) SELECT ${JOB_COLUMNS} FROM ended WHERE id IN (SELECT id FROM counting)
  ON CONFLICT (id) DO NOTHING RETURNING id
)`;

/** In the order in which they are given, for those that counted. */
const LINES = `, written AS (
  INSERT INTO logs (id, ${LINE_COLUMNS})
  SELECT nextval('log_ids'), ${LINE_COLUMNS} FROM json_to_recordset($4) AS line(ended text, ${LINE_FIELDS})
  WHERE ended = ANY(ARRAY(SELECT id FROM counted))
  RETURNING id, at, level, project, task, "trigger", octet_length(message) AS bytes
), ${COUNT_WRITTEN('$5')}`;

const added = (parameter: string): string => `, added AS (
  INSERT INTO jobs (${QUEUED_COLUMNS})
  SELECT ${QUEUED_COLUMNS} FROM json_to_recordset(${parameter}) AS job(ended text, ${QUEUED_FIELDS})
  WHERE ended = ANY(ARRAY(SELECT id FROM counted))
  ON CONFLICT (project_id, identity_key) WHERE identity_key IS NOT NULL DO NOTHING
)`;

const COUNTED = '\nSELECT ARRAY(SELECT id FROM counted) AS counted';
const NUMBERS = `${COUNTED}, ARRAY(SELECT id FROM written ORDER BY id) AS lines`;

const forms = new Map<string, Prepared>();

/** The statement that does no more than is needed, put together once. */
function formOf(isWhole: boolean, hasLines: boolean, hasAdded: boolean): Prepared {
  const name = `end${isWhole ? ' whole' : ''}${hasLines ? ' lines' : ''}${hasAdded ? ' sub-jobs' : ''}`;
  const known = forms.get(name);
  if (known !== undefined) return known;
  const parts = [
    isWhole ? WHOLE_ENDS : ENDS,
    hasLines ? LINES : '',
    hasAdded ? added(hasLines ? '$6' : '$4') : '',
    hasLines ? NUMBERS : COUNTED,
  ];
  const form = { name, text: parts.join('') };
  forms.set(name, form);
  return form;
}

const WORSEN = {
  name: 'worsen',
  text: 'UPDATE finished_jobs SET overall = $1 WHERE id = $2 AND overall = ANY($3::text[]) RETURNING parent_id',
};
