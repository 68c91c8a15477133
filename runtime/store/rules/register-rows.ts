import type { Encoded } from '../../../sandbox/types.ts';
import type { RegisterEntry, RegisterPage, RegisterPlace } from '../register-store.ts';
import { validText } from '../text.ts';

export interface RegisterRow {
  readonly name: string;
  readonly key: string;
  readonly value: string;
  readonly tails: string | null;
  readonly version: number;
  readonly bytes: number;
  readonly written_at: number;
}

export const REGISTER_COLUMNS = 'name, key, value, tails, version, bytes, written_at';

/** What every entry costs beside its text, roughly: many tiny ones are not free. */
const ROW_BYTES = 64;

/** The columns of an encoded value, and what the whole entry takes. */
export function valueColumns(place: Pick<RegisterPlace, 'name' | 'key'>, { text, tails }: Encoded) {
  const value = validText(text);
  const kept =
    tails.length === 0 ? null : JSON.stringify(tails.map((tail) => Buffer.from(tail).toString('base64')));
  const texts = [place.name, place.key, value, kept ?? ''];
  const bytes = texts.reduce((sum, part) => sum + Buffer.byteLength(part), ROW_BYTES);
  return { value, tails: kept, bytes };
}

export function encodedOf({ value, tails }: Pick<RegisterRow, 'value' | 'tails'>): Encoded {
  const list: readonly string[] = tails === null ? [] : JSON.parse(tails);
  return { text: value, tails: list.map((tail) => new Uint8Array(Buffer.from(tail, 'base64'))) };
}

export function entryOf(row: RegisterRow): RegisterEntry {
  const { name, key, version, written_at } = row;
  return Object.freeze({ name, key, value: encodedOf(row), version, written_at });
}

/** As many of the rows as a page has room for; one always has. There is a row more than `limit` when more follow. */
export function pageOfEntries(rows: Iterable<RegisterRow>, limit: number, mostBytes: number): RegisterPage {
  const items: RegisterEntry[] = [];
  let bytes = 0;
  for (const row of rows) {
    if (items.length === limit) return { items, more: 'limit' };
    bytes += row.bytes;
    if (items.length > 0 && bytes > mostBytes) return { items, more: 'bytes' };
    items.push(entryOf(row));
  }
  return { items, more: null };
}
