import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { termsOf } from '../read-terms.ts';
import { moment } from '../shapes/common.ts';
import { ledgerReportShape, toLedgerReport } from '../shapes/ledger-report.ts';

export const verifyLedger = endpoint({
  summary:
    'Whether the ledger is as it was written; within the time of one query, so name a time when it is long',
  query: z.strictObject({ from: moment.optional().describe('only rows from about this time on') }),
  answer: ledgerReportShape,
  handle: async ({ services, query, actor, request }) =>
    toLedgerReport(await services.runtime.verifyLedger(query.from, termsOf({ actor, request }))),
});
