import { checkKind, END, HEAD, JSONB_VERSION, NULL_LENGTH, writeWhole } from './copy-format.ts';
import type { CopyColumn, Row, Value } from './moved-table.ts';

/** Rows that become what PostgreSQL's COPY reads. */
export interface RowEncoder {
  add(row: Row): void;
  /** Bytes that `take` would give. */
  size(): number;
  /** What was added since the last time. */
  take(): Buffer;
  /** The end, after the last row. */
  end(): Buffer;
}

const FIRST_CAPACITY = 256 * 1024;
/** More than a character of UTF-16 needs in UTF-8. */
const MOST_PER_UNIT = 3;
/** A length and a number. */
const MOST_FIXED = 12;

/** Of a table `name` with these columns. */
export function rowEncoder(name: string, columns: readonly CopyColumn[]): RowEncoder {
  let buffer = Buffer.allocUnsafe(FIRST_CAPACITY);
  let at = HEAD.copy(buffer);

  function reserve(bytes: number): void {
    if (at + bytes <= buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, at + bytes));
    buffer.copy(larger, 0, 0, at);
    buffer = larger;
  }

  function field(column: CopyColumn, value: Value): void {
    checkKind(name, column, value);
    reserve(MOST_FIXED);
    if (value === null) {
      at = buffer.writeInt32BE(NULL_LENGTH, at);
    } else if (typeof value === 'string') {
      reserve(MOST_FIXED + value.length * MOST_PER_UNIT);
      const before = column.kind === 'jsonb' ? buffer.writeUInt8(JSONB_VERSION, at + 4) - at - 4 : 0;
      const length = before + buffer.write(value, at + 4 + before);
      at = buffer.writeInt32BE(length, at) + length;
    } else if (typeof value === 'number') {
      at = buffer.writeInt32BE(8, at);
      if (column.kind === 'real') buffer.writeDoubleBE(value, at);
      else writeWhole(buffer, value, at);
      at += 8;
    } else {
      reserve(4 + value.length);
      at = buffer.writeInt32BE(value.length, at);
      at += value.copy(buffer, at);
    }
  }

  return {
    add(row) {
      reserve(2);
      at = buffer.writeInt16BE(columns.length, at);
      for (let place = 0; place < columns.length; place += 1)
        field(columns[place] as CopyColumn, row[place] ?? null);
    },
    size: () => at,
    take() {
      const taken = buffer.subarray(0, at);
      buffer = Buffer.allocUnsafe(FIRST_CAPACITY);
      at = 0;
      return taken;
    },
    end() {
      const end = Buffer.alloc(2);
      end.writeInt16BE(END);
      return end;
    },
  };
}
