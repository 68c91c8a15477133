import { AppError } from '../../app-error.ts';
import type { CopyColumn } from './moved-table.ts';

/**
 * The binary format of PostgreSQL's COPY: a head, tuples, an end. A tuple is the count of its fields in 16 bits, then for each its
 * length in 32 bits (-1: null) and that many bytes. Source: the page on COPY in PostgreSQL's manual, "Binary Format".
 */
export const HEAD: Buffer = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]);
export const END = -1;
export const NULL_LENGTH = -1;
/** Before the text of a jsonb value. */
export const JSONB_VERSION = 1;

const TWO_32 = 2 ** 32;

/** Writes a whole number of 64 bits. */
export function writeWhole(buffer: Buffer, value: number, at: number): void {
  const high = Math.floor(value / TWO_32);
  buffer.writeInt32BE(high, at);
  buffer.writeUInt32BE(value - high * TWO_32, at + 4);
}

/** Reads a whole number of 64 bits; not exact beyond 2^53. */
export const readWhole = (buffer: Buffer, at: number): number =>
  buffer.readInt32BE(at) * TWO_32 + buffer.readUInt32BE(at + 4);

const IS_KIND: Readonly<Record<CopyColumn['kind'], (value: unknown) => boolean>> = {
  integer: Number.isSafeInteger,
  real: (value) => typeof value === 'number',
  text: (value) => typeof value === 'string',
  bytes: Buffer.isBuffer,
  json: (value) => typeof value === 'string',
  jsonb: (value) => typeof value === 'string',
};

/** Throws when a value is not one that a column of this kind can hold, or is a whole number that would not come out exactly. */
export function checkKind(table: string, { name, kind }: CopyColumn, value: unknown): void {
  if (value === null || IS_KIND[kind](value)) return;
  throw new AppError(
    'unmovable_value',
    500,
    `${table}.${name} holds ${typeof value === 'number' ? value : `a value of the kind ${typeof value}`}, ` +
      'which Sluice does not write and cannot move exactly. Restore a backup, or correct that row.',
  );
}
