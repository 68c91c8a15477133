import { z } from 'zod';
import type { LogRow } from '../../runtime/store/log-store.ts';
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
