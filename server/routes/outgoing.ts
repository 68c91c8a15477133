import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { termsOf } from '../read-terms.ts';
import { listOf, pageQuery, periodQuery } from '../shapes/common.ts';
import { outgoingShape, toOutgoing } from '../shapes/outgoing.ts';

export const listOutgoing = endpoint({
  summary: 'The ledger of what left, was refused or was declared, newest first',
  query: z.strictObject({
    project: z.string().optional(),
    task: z.string().optional(),
    trigger: z.string().optional(),
    job: z.string().optional(),
    recipient: z.string().optional(),
    ...periodQuery,
    ...pageQuery,
  }),
  answer: listOf(outgoingShape),
  handle: async ({ services, query, actor, request }) => {
    const { limit, after, ...filter } = query;
    const terms = termsOf({ actor, request });
    const page = await services.runtime.store.listLedger(filter, { limit, after }, terms);
    return { items: page.items.map(toOutgoing), next: page.next };
  },
});
