import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { exportPages } from '../export-pages.ts';
import { exportTermsOf, termsOf } from '../read-terms.ts';
import { exportFormat, listOf, pageQuery } from '../shapes/common.ts';
import { outgoingShape, toOutgoing } from '../shapes/outgoing.ts';
import { outgoingQuery } from '../shapes/outgoing-query.ts';

/** Rows in memory at a time. */
const PER_PIECE = 500;

export const listOutgoing = endpoint({
  summary: 'The ledger of what left, was refused or was declared, newest first',
  query: z.strictObject({ ...outgoingQuery, ...pageQuery }),
  answer: listOf(outgoingShape),
  handle: async ({ services, query, actor, request }) => {
    const { limit, after, ...filter } = query;
    const terms = termsOf({ actor, request });
    const page = await services.runtime.store.listLedger(filter, { limit, after }, terms);
    return { items: page.items.map(toOutgoing), next: page.next };
  },
});

export const exportOutgoing = endpoint({
  summary: 'All ledger rows that fit, newest first, as a file; cut when the server stops before its end',
  query: z.strictObject({ ...outgoingQuery, format: exportFormat }),
  answer: null,
  handle: (call) => {
    const { format, ...filter } = call.query;
    const { store } = call.services.runtime;
    const terms = exportTermsOf(call);
    return exportPages(call, {
      name: 'outgoing',
      format,
      columns: outgoingShape.keyof().options,
      list: (after) => store.listLedger(filter, { limit: PER_PIECE, after }, terms),
      show: toOutgoing,
    });
  },
});
