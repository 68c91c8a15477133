import type { LogLevel } from '../../../sandbox/types.ts';
import { type JobStatus, LOG_LEVELS } from '../../words.ts';
import type { LogFilter } from '../log-store.ts';
import { validText } from '../text.ts';
import { allOf, type Condition, when } from './where.ts';

/** Conditions that each database has words of its own for. */
export interface LineWords {
  /** Lines whose message contains this text, upper and lower case alike. */
  contain(q: string): Condition;
  /** Lines whose job has this status. */
  haveStatus(status: JobStatus): Condition;
}

/** Conditions that lines and their roll-ups share; times are those of lines. */
export function kindConditions({ project, task, trigger, level, min_level }: LogFilter): Condition {
  return allOf(
    when(project, 'project = ?'),
    when(task, 'task = ?'),
    when(trigger, '"trigger" = ?'),
    when(rankOf(level), 'level = ?'),
    when(rankOf(min_level), 'level >= ?'),
  );
}

/** All conditions of a filter on lines. */
export function lineConditions(filter: LogFilter, { contain, haveStatus }: LineWords): Condition {
  const { job, status, from, to, q } = filter;
  return allOf(
    kindConditions(filter),
    when(job, 'job = ?'),
    when(from, 'at >= ?'),
    when(to, 'at < ?'),
    q === undefined ? undefined : contain(validText(q)),
    status === undefined ? undefined : haveStatus(status),
  );
}

function rankOf(level: LogLevel | undefined): number | undefined {
  return level === undefined ? undefined : LOG_LEVELS.indexOf(level);
}
