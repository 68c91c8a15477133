import { z } from 'zod';
import { LOG_LEVELS } from '../../runtime/words.ts';
import { endpoint } from '../endpoint.ts';
import { termsOf } from '../read-terms.ts';
import { listOf, pageQuery, periodQuery } from '../shapes/common.ts';
import { logShape, toLog } from '../shapes/log.ts';
import { streamLogs } from './log-stream.ts';

const level = z.enum(LOG_LEVELS, `it takes one of ${LOG_LEVELS.join(', ')}`).optional();

const filter = {
  project: z.string().optional(),
  task: z.string().optional(),
  trigger: z.string().optional(),
  job: z.string().optional(),
  level: level.describe('exactly this one'),
  min_level: level.describe('this one and worse'),
  q: z.string().max(1000).optional().describe('text that the message contains, upper and lower case alike'),
  ...periodQuery,
};

export const listLogs = endpoint({
  summary: 'Log lines, newest first',
  query: z.strictObject({ ...filter, ...pageQuery }),
  answer: listOf(logShape),
  handle: async ({ services, query, actor, request }) => {
    const { limit, after, ...wanted } = query;
    const terms = termsOf({ actor, request });
    const page = await services.runtime.store.listLogs(wanted, { limit, after }, terms);
    return { items: page.items.map(toLog), next: page.next };
  },
});

export const followLogs = endpoint({
  summary: 'Log lines as they are written (text/event-stream); `Last-Event-ID` continues after a line',
  query: z.strictObject(filter),
  answer: null,
  handle: ({ services, query, request, actor }) => {
    const { stopping, endedTokens } = services;
    const ends = AbortSignal.any([stopping, endedTokens.signalOf(actor.id)]);
    const terms = { ...termsOf({ actor, request }), signal: ends };
    return streamLogs(services, query, request.headers.get('last-event-id'), terms);
  },
});
