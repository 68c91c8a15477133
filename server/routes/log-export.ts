import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { exportPages } from '../export-pages.ts';
import { exportTermsOf } from '../read-terms.ts';
import { exportFormat } from '../shapes/common.ts';
import { logShape, toLog } from '../shapes/log.ts';
import { logQuery } from '../shapes/log-query.ts';

/** Lines in memory at a time: one may have 64 KB. */
const PER_PIECE = 200;

export const exportLogs = endpoint({
  summary: 'All log lines that fit, newest first, as a file; cut when the server stops before its end',
  query: z.strictObject({ ...logQuery, format: exportFormat }),
  answer: null,
  handle: (call) => {
    const { format, ...filter } = call.query;
    const { store } = call.services.runtime;
    const terms = exportTermsOf(call);
    return exportPages(call, {
      name: 'logs',
      format,
      columns: logShape.keyof().options,
      list: (after) => store.listLogs(filter, { limit: PER_PIECE, after }, terms),
      show: toLog,
    });
  },
});
