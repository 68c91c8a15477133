import { z } from 'zod';
import { AUDIT_KINDS } from '../../runtime/words.ts';
import { endpoint } from '../endpoint.ts';
import { termsOf } from '../read-terms.ts';
import { auditShape, toAudit } from '../shapes/audit.ts';
import { listOf, pageQuery, periodQuery } from '../shapes/common.ts';

export const listAudit = endpoint({
  summary: 'Changes that people made, and secrets in text that tasks wrote; newest first',
  query: z.strictObject({
    project: z.string().optional(),
    kind: z.enum(AUDIT_KINDS, `it takes one of ${AUDIT_KINDS.join(', ')}`).optional(),
    ...periodQuery,
    ...pageQuery,
  }),
  answer: listOf(auditShape),
  handle: async ({ services, query, actor, request }) => {
    const { limit, after, ...filter } = query;
    const terms = termsOf({ actor, request });
    const page = await services.runtime.store.listAudit(filter, { limit, after }, terms);
    return { items: page.items.map(toAudit), next: page.next };
  },
});
