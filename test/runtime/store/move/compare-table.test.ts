import { describe, expect, it } from 'vitest';
import { compareTable } from '../../../../runtime/store/move/compare-table.ts';
import type { MovedTable, Row } from '../../../../runtime/store/move/moved-table.ts';
import { sameForm } from '../../../../runtime/store/move/postgres-forms.ts';
import { mergeRows } from '../../../../runtime/store/move/row-order.ts';

const columns = [
  { name: 'name', kind: 'text' },
  { name: 'number', kind: 'integer' },
  { name: 'value', kind: 'real' },
  { name: 'bytes', kind: 'bytes' },
] as const;
const TABLE: MovedTable = { name: 'things', columns, key: [0, 1], postgres: sameForm('things', columns) };

const row = (name: string | null, number: number, value: number | null = 1, bytes = 'a'): Row => [
  name,
  number,
  value,
  Buffer.from(bytes),
];

async function* batched(rows: readonly Row[]): AsyncGenerator<readonly Row[]> {
  for (let at = 0; at < rows.length; at += 2) yield rows.slice(at, at + 2);
}

const compare = (sqlite: readonly Row[], postgres: readonly Row[]): Promise<number> =>
  compareTable(TABLE, { sqlite, postgres: batched(postgres) }, () => {});

describe('comparing a table', () => {
  const rows = [row('a', 1), row('a', 2), row('b', 1, null), row('\uffff', 1), row('\u{10000}', 1)];

  it('takes what is the same, however it is batched, and zero with or without a sign', async () => {
    expect(await compare(rows, rows)).toBe(5);
    expect(await compare([], [])).toBe(0);
    expect(await compare([row('a', 1, 0)], [row('a', 1, -0)])).toBe(1);
  });

  it.each([0, 1, 2, 3, 4])('names row %i when it is missing on a side', async (place) => {
    const others = rows.toSpliced(place, 1);
    const key = `name=${rows[place]?.[0]}, number=${rows[place]?.[1]}`;
    await expect(compare(rows, others)).rejects.toThrow(
      `in things the row with ${key} is in SQLite and not in PostgreSQL`,
    );
    await expect(compare(others, rows)).rejects.toThrow(
      `in things the row with ${key} is in PostgreSQL and not in SQLite`,
    );
  });

  it.each([
    [row('a', 1, 0.1), row('a', 1, 0.10000000000000002), 'value'],
    [row('a', 1, null), row('a', 1, Number.NaN), 'value'],
    [row('a', 1, null), row('a', 1, 0), 'value'],
    [row('a', 1, 1, 'a'), row('a', 1, 1, 'b'), 'bytes'],
    [row('a', 1, 1, ''), row('a', 1, 1, '\0'), 'bytes'],
  ])('names the column in which %j is not %j', async (one, other, column) => {
    await expect(compare([one], [other])).rejects.toThrow(
      `in things the row with name=a, number=1 has another value in the column ${column}.`,
    );
  });
});

describe('rows of several months', () => {
  it('come in one order, whatever month they are in', () => {
    const months = [[row('a', 2), row('c', 1)], [], [row(null, 1), row('a', 1), row('b', 9)]];
    const merged = [...mergeRows(TABLE, months)];
    expect(merged.map(([name, number]) => `${name}${number}`)).toEqual(['null1', 'a1', 'a2', 'b9', 'c1']);
  });
});
