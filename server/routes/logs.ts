import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { termsOf } from '../read-terms.ts';
import { listOf, STANDARD_LIMIT } from '../shapes/common.ts';
import { logGroupsShape, logShape, toLog, toLogGroup } from '../shapes/log.ts';
import { listQuery, streamQuery } from '../shapes/log-query.ts';
import { streamLogs } from './log-stream.ts';

export const listLogs = endpoint({
  summary: 'Log lines, newest first; with `group_by` groups of them',
  query: listQuery,
  answer: z.union([listOf(logShape), logGroupsShape]),
  handle: async ({ services, query, actor, request }) => {
    const { limit = STANDARD_LIMIT, after, group_by, ...filter } = query;
    const { store } = services.runtime;
    const terms = termsOf({ actor, request });
    if (group_by !== undefined) {
      const { groups } = await store.groupLogs(filter, group_by, terms);
      return { groups: groups.map(toLogGroup) };
    }
    const page = await store.listLogs(filter, { limit, after }, terms);
    return { items: page.items.map(toLog), next: page.next };
  },
});

export const followLogs = endpoint({
  summary: 'Log lines as they are written (text/event-stream); `Last-Event-ID` continues after a line',
  query: streamQuery,
  answer: null,
  handle: ({ services, query, request, actor }) => {
    const { stopping, endedTokens, shares } = services;
    const ends = AbortSignal.any([stopping, endedTokens.signalOf(actor.id)]);
    const terms = { ...termsOf({ actor, request }), signal: ends };
    const release = shares.takeStream(actor);
    return streamLogs(services, query, request.headers.get('last-event-id'), terms, release);
  },
});
