import { checkKind, END, HEAD, NULL_LENGTH, readWhole } from './copy-format.ts';
import type { MovedColumn, MovedTable, Row, Value } from './moved-table.ts';

/**
 * Rows from what PostgreSQL's COPY writes, in batches as they come. Throws on a stream that ends in the middle, or that is not of this
 * table.
 */
export async function* decodeRows(
  { name, columns, postgres }: MovedTable,
  stream: AsyncIterable<Buffer>,
): AsyncGenerator<readonly Row[]> {
  const { restore = (row: Row) => row } = postgres;
  let rest: Buffer = Buffer.alloc(0);
  let hasHead = false;
  let ended = false;
  for await (const chunk of stream) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    if (!hasHead) {
      if (bytes.length < HEAD.length) {
        rest = bytes;
        continue;
      }
      if (!bytes.subarray(0, HEAD.length).equals(HEAD))
        throw new Error(`What was read of ${name} is no COPY.`);
      hasHead = true;
      at = HEAD.length;
    }
    const rows: Row[] = [];
    for (;;) {
      const end = ended ? undefined : endOfTuple(bytes, at, columns.length);
      if (end === undefined) break;
      ended = bytes.readInt16BE(at) === END;
      if (!ended) rows.push(restore(readTuple(name, columns, bytes, at + 2)));
      at = end;
    }
    rest = bytes.subarray(at);
    if (rows.length > 0) yield rows;
  }
  if (!ended || rest.length > 0) throw new Error(`What was read of ${name} ended in the middle.`);
}

/** Where the tuple at `at` ends; undefined while it is not whole. */
function endOfTuple(bytes: Buffer, at: number, fields: number): number | undefined {
  if (at + 2 > bytes.length) return undefined;
  const count = bytes.readInt16BE(at);
  if (count === END) return at + 2;
  if (count !== fields) throw new Error(`A row has ${count} columns in the place of ${fields}.`);
  let end = at + 2;
  for (let field = 0; field < fields; field += 1) {
    if (end + 4 > bytes.length) return undefined;
    end += 4 + Math.max(0, bytes.readInt32BE(end));
  }
  return end <= bytes.length ? end : undefined;
}

function readTuple(table: string, columns: readonly MovedColumn[], bytes: Buffer, start: number): Value[] {
  const row: Value[] = [];
  let at = start;
  for (const column of columns) {
    const length = bytes.readInt32BE(at);
    at += 4;
    if (length === NULL_LENGTH) {
      row.push(null);
      continue;
    }
    const value = readField(column, bytes, at, length);
    checkKind(table, column, value);
    row.push(value);
    at += length;
  }
  return row;
}

function readField({ kind }: MovedColumn, bytes: Buffer, at: number, length: number): Value {
  switch (kind) {
    case 'integer':
      return readWhole(bytes, at);
    case 'real':
      return bytes.readDoubleBE(at);
    case 'text':
      return bytes.toString('utf8', at, at + length);
    case 'bytes':
      return Buffer.from(bytes.subarray(at, at + length));
  }
}
