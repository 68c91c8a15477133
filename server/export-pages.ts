import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Page } from '../runtime/store/page.ts';
import { stackOf } from '../sandbox/message-of.ts';
import { BYTE_ORDER_MARK, type CsvCell, csvLine } from './csv.ts';
import type { Call } from './endpoint.ts';
import { pieceStream } from './piece-stream.ts';

export type ExportFormat = 'ndjson' | 'csv';

/** A list that is sent whole as a file. */
export interface ExportedList<Row, Shown extends Readonly<Record<string, CsvCell>>> {
  /** Of the file, without what its format adds. */
  readonly name: string;
  readonly format: ExportFormat;
  /** Columns of CSV, in order. */
  readonly columns: readonly (keyof Shown & string)[];
  /** The page after a cursor. */
  list(after: string | undefined): Promise<Page<Row>>;
  show(row: Row): Shown;
}

const TYPES = { ndjson: 'application/x-ndjson', csv: 'text/csv; charset=utf-8; header=present' } as const;

/**
 * All pages of a list in one answer, the newest rows first, each page read when the caller has taken the one before. It takes one of
 * the caller's places for exports.
 */
export function exportPages<Row, Shown extends Readonly<Record<string, CsvCell>>>(
  { services, actor, cut }: Pick<Call, 'services' | 'actor' | 'cut'>,
  exported: ExportedList<Row, Shown>,
): Response {
  const { stopping, endedTokens, shares, log } = services;
  const { name, format } = exported;
  const file = `${name}.${format}`;
  return pieceStream(piecesOf(exported), {
    headers: { 'Content-Type': TYPES[format], 'Content-Disposition': `attachment; filename="${file}"` },
    ends: AbortSignal.any([stopping, endedTokens.signalOf(actor.id)]),
    cut,
    failed: (error) => log.error(`An export of ${name} failed.`, { error: stackOf(error) }),
    release: shares.takeExport(actor),
  });
}

/** Rows that are written meanwhile are newer than what is left to read. */
async function* piecesOf<Row, Shown extends Readonly<Record<string, CsvCell>>>({
  format,
  columns,
  list,
  show,
}: ExportedList<Row, Shown>): AsyncGenerator<string> {
  const isCsv = format === 'csv';
  const line = (row: Row): string => {
    const shown = show(row);
    return isCsv ? csvLine(columns.map((column) => shown[column] ?? null)) : `${JSON.stringify(shown)}\n`;
  };
  if (isCsv) yield BYTE_ORDER_MARK + csvLine(columns);
  let after: string | undefined;
  do {
    const page = await list(after);
    if (page.items.length > 0) yield page.items.map(line).join('');
    after = page.next ?? undefined;
    await nextTurn();
  } while (after !== undefined);
}
