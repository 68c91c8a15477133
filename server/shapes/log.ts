import { z } from 'zod';
import type { LogGroup, LogRow } from '../../runtime/store/log-store.ts';
import { LOG_LEVELS } from '../../runtime/words.ts';
import { time, toTime } from './common.ts';

export const logShape = z
  .object({
    id: z.number().int(),
    at: time,
    level: z.enum(LOG_LEVELS),
    message: z.string(),
    project: z.string().describe('slug'),
    task: z.string().nullable(),
    trigger: z.string().nullable(),
    job: z.string().nullable(),
    name: z.string().describe('which code wrote it'),
  })
  .meta({ title: 'Log line' });
export type LogShape = z.infer<typeof logShape>;

/** A log line as the API shows it. */
export function toLog(row: LogRow): LogShape {
  const { id, at, level, message, project, task, trigger, job, name } = row;
  return { id, at: toTime(at), level, message, project, task, trigger, job, name };
}

const logGroupShape = z
  .object({
    key: z.string().nullable().describe('null: lines that have none'),
    count: z.number().int(),
    first_at: time,
    last_at: time,
  })
  .meta({ title: 'Group of log lines' });

export const logGroupsShape = z.object({ groups: z.array(logGroupShape) });

/** A group of log lines as the API shows it. */
export function toLogGroup({ key, count, first_at, last_at }: LogGroup): z.infer<typeof logGroupShape> {
  return { key, count, first_at: toTime(first_at), last_at: toTime(last_at) };
}
