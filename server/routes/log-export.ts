import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import type { LogFilter, LogRow, LogStore } from '../../runtime/store/log-store.ts';
import type { ReadTerms } from '../../runtime/store/read-terms.ts';
import { stackOf } from '../../sandbox/message-of.ts';
import { BYTE_ORDER_MARK, csvLine } from '../csv.ts';
import { endpoint } from '../endpoint.ts';
import { pieceStream } from '../piece-stream.ts';
import { termsOf } from '../read-terms.ts';
import { logShape, toLog } from '../shapes/log.ts';
import { logQuery } from '../shapes/log-query.ts';

/** Lines in memory at a time: one may have 64 KB. */
const PER_PIECE = 200;

const COLUMNS = logShape.keyof().options;

interface Format {
  readonly type: string;
  readonly head: string;
  line(row: LogRow): string;
}

const FORMATS: Readonly<Record<'ndjson' | 'csv', Format>> = {
  ndjson: {
    type: 'application/x-ndjson',
    head: '',
    line: (row) => `${JSON.stringify(toLog(row))}\n`,
  },
  csv: {
    type: 'text/csv; charset=utf-8; header=present',
    head: BYTE_ORDER_MARK + csvLine(COLUMNS),
    line(row) {
      const shown = toLog(row);
      return csvLine(COLUMNS.map((column) => shown[column]));
    },
  },
};

export const exportLogs = endpoint({
  summary: 'All log lines that fit, newest first, as a file; cut when the server stops before its end',
  query: z.strictObject({
    ...logQuery,
    format: z.enum(['ndjson', 'csv'], 'it takes ndjson or csv').default('ndjson'),
  }),
  answer: null,
  handle: ({ services, query, actor, request, cut }) => {
    const { format, ...filter } = query;
    const { stopping, endedTokens, shares, runtime, log } = services;
    const { type } = FORMATS[format];
    // Its pages take turns with other exports, not with what the same person reads meanwhile.
    const terms = { ...termsOf({ actor, request }), caller: `export ${actor.id ?? ''}` };
    return pieceStream(piecesOf(runtime.store, filter, FORMATS[format], terms), {
      headers: { 'Content-Type': type, 'Content-Disposition': `attachment; filename="logs.${format}"` },
      ends: AbortSignal.any([stopping, endedTokens.signalOf(actor.id)]),
      cut,
      failed: (error) => log.error('An export of log lines failed.', { error: stackOf(error) }),
      release: shares.takeExport(actor),
    });
  },
});

/** Lines that are written meanwhile are newer than what is left to read. */
async function* piecesOf(
  store: LogStore,
  filter: LogFilter,
  { head, line }: Format,
  terms: ReadTerms,
): AsyncGenerator<string> {
  if (head !== '') yield head;
  let after: string | undefined;
  do {
    const page = await store.listLogs(filter, { limit: PER_PIECE, after }, terms);
    if (page.items.length > 0) yield page.items.map(line).join('');
    after = page.next ?? undefined;
    await nextTurn();
  } while (after !== undefined);
}
