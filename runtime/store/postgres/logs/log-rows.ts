import { LOG_LEVELS } from '../../../words.ts';
import type { LogRow, LogWrite } from '../../log-store.ts';
import { monthOf } from '../../months.ts';
import { readLine } from '../../rules/log-lines.ts';
import { validOrNull, validText } from '../../text.ts';
import type { Session } from '../database/session.ts';
import type { KnownMonths } from '../schema/known-months.ts';
import { COUNT_OFF, COUNT_WRITTEN, FORGET_EMPTY } from './log-counts.ts';
import type { LogWatch } from './log-watch.ts';

/** Log lines, for the verbs that write them with something else; only within a transaction. */
export interface LogRows {
  /** Writes lines and counts them. Those who watch are told once they are committed. */
  append(session: Session, lines: readonly LogWrite[]): Promise<void>;
  /** Removes a project's lines. */
  deleteProject(session: Session, projectId: string, slug: string): Promise<void>;
}

/** A line as it is stored, without the number that the database gives it. `level` is the place in `LOG_LEVELS`. */
export interface StoredLine extends Omit<LogWrite, 'level'> {
  readonly level: number;
}

/** `writer` names who counts lines: rows of counts are its own, so that no process waits for another's. */
export function logRows(months: KnownMonths, watch: LogWatch, writer: string): LogRows {
  return {
    async append(session, lines) {
      if (lines.length === 0) return;
      const stored = lines.map(storedLine);
      const times = stored.map(({ at }) => at);
      await months.within(session, 'logs', times);
      await months.within(session, 'log_hours', times);
      const ids = await months.orForget(session.rows<Numbered>(APPEND, [JSON.stringify(stored), writer]));
      session.committed(() => watch.wrote(stored.map((line, index) => rowOf(line, ids[index]?.id ?? 0))));
    },

    async deleteProject(session, projectId, slug) {
      await session.changes(COUNT_OFF, [slug, projectId, writer]);
      await session.changes(FORGET_EMPTY, [slug]);
    },
  };
}

interface Numbered {
  readonly id: number;
}

/** The line as it is stored. Throws an `AppError` for a time that is none. */
export function storedLine(line: LogWrite): StoredLine {
  const at = Math.trunc(line.at);
  monthOf(at);
  return {
    at,
    level: LOG_LEVELS.indexOf(line.level),
    message: validText(line.message),
    project: validText(line.project),
    project_id: line.project_id,
    task: validOrNull(line.task),
    trigger: validOrNull(line.trigger),
    job: line.job,
    name: validText(line.name),
  };
}

/** The line as it is read back. */
export const rowOf = ({ project_id: _, ...line }: StoredLine, id: number): LogRow =>
  readLine({ id, ...line });

export const LINE_FIELDS =
  'at bigint, level bigint, message text, project text, project_id text, task text, "trigger" text, job text, name text';
export const LINE_COLUMNS = 'at, level, message, project, project_id, task, "trigger", job, name';

const APPEND = {
  name: 'append lines',
  text: `
WITH written AS (
  INSERT INTO logs (id, ${LINE_COLUMNS})
  SELECT nextval('log_ids'), ${LINE_COLUMNS} FROM json_to_recordset($1) AS line(${LINE_FIELDS})
  RETURNING id, at, level, project, task, "trigger", octet_length(message) AS bytes
), ${COUNT_WRITTEN('$2')}
SELECT id FROM written ORDER BY id`,
};
