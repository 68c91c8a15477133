import { z } from 'zod';
import { LOG_GROUPINGS } from '../../runtime/store/log-store.ts';
import { JOB_STATUSES, LOG_LEVELS } from '../../runtime/words.ts';
import { pageQuery, periodQuery } from './common.ts';

const level = z.enum(LOG_LEVELS, `it takes one of ${LOG_LEVELS.join(', ')}`).optional();
const status = z.enum(JOB_STATUSES, `it takes one of ${JOB_STATUSES.join(', ')}`).optional();
const groupBy = z.enum(LOG_GROUPINGS, `it takes one of ${LOG_GROUPINGS.join(', ')}`).optional();

/** What is known of a line when it is written. */
const lineQuery = {
  project: z.string().optional(),
  task: z.string().optional(),
  trigger: z.string().optional(),
  job: z.string().optional(),
  level: level.describe('exactly this one'),
  min_level: level.describe('this one and worse'),
  q: z.string().max(1000).optional().describe('text that the message contains, upper and lower case alike'),
  ...periodQuery,
};

/** The filters of log lines. */
export const logQuery = {
  ...lineQuery,
  status: status.describe('of the job that wrote the line'),
};

const NOT_KNOWN_YET =
  'lines come before their job has ended, so its status cannot be asked for here; use GET /logs';

/** Those of lines as they come. */
export const streamQuery = z.strictObject({
  ...lineQuery,
  status: z
    .string()
    .transform((_status, context) => {
      context.addIssue(NOT_KNOWN_YET);
      return z.NEVER;
    })
    .optional()
    .describe('refused'),
});

/** Lines or, with `group_by`, groups of them: these come whole, so what is about pages does not go with it. */
export const listQuery = z
  .strictObject({
    ...logQuery,
    group_by: groupBy.describe('answers with groups of lines; not with limit and after'),
    limit: pageQuery.limit.unwrap().optional(),
    after: pageQuery.after,
  })
  .superRefine((query, context) => {
    if (query.group_by === undefined) return;
    for (const name of ['limit', 'after'] as const) {
      if (query[name] === undefined) continue;
      const message = 'it does not go with "group_by": groups come whole, at most 1000';
      context.addIssue({ code: 'custom', path: [name], message });
    }
  });
