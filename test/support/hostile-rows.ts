import Database from 'better-sqlite3';
import { SPLIT } from '../../runtime/store/move/split-tables.ts';
import type { SplitTable } from '../../runtime/store/postgres/schema/months.ts';
import { validText } from '../../runtime/store/text.ts';
import type { Random } from './fuzz/random.ts';
import { uuidAt } from './rows.ts';

/** Whole numbers, numbers, texts and bytes that get lost or changed where somebody is careless. */
const WHOLE = [0, 1, -1, 2 ** 31, -(2 ** 31) - 1, 2 ** 32, 2 ** 40 + 1, 2 ** 53 - 1, -(2 ** 53) + 1];
const REAL = [0, 0.1, 1 / 3, -1.5, 5e-324, 1.7976931348623157e308, 2 ** 53 + 2, Number.POSITIVE_INFINITY];
const TEXT = [
  '',
  'NULL',
  '\\N',
  '\\.',
  'tab\tline\nreturn\r\\ "quoted" \'single\'',
  '\u0001\u001f\u007f\u0085\u2028',
  'e\u0301 \u{1f468}\u200d\u{1f469} \ufeff\ufffd\uffff\u{10ffff}',
  'İıßſ',
];

/** Rows in each table of a file, of every kind of value that its columns can hold. Tables that need rows that fit each other stay empty. */
export function addHostileRows(file: string, random: Random, many: number): void {
  const db = new Database(file);
  db.exec('BEGIN');
  for (const month of ['2026_10', '2026_11', '2027_01'])
    for (const { base, create } of Object.values(SPLIT)) db.exec(create(`${base}_${month}`));
  const tables = db
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*'")
    .pluck()
    .all()
    .filter((name) => !/^(?:schema_version|log_totals|record_totals|models|records_\d+)$/.test(name));
  // As tables are made: none refers to a later one.
  for (const table of tables) for (let row = 0; row < many; row += 1) addRow(db, random, table);
  db.exec(
    `INSERT INTO log_totals (month, newest_id, bytes)
     ${['2026_10', '2026_11', '2027_01'].map((month) => `SELECT '${month}', ifnull((SELECT max(id) FROM logs_${month}), 0), ${random.pick(WHOLE)}`).join(' UNION ALL ')}`,
  );
  db.exec('COMMIT');
  db.close();
}

interface Column {
  readonly name: string;
  readonly type: string;
  readonly notnull: number;
  readonly pk: number;
}

function addRow(db: Database.Database, random: Random, table: string): void {
  const columns = db
    .prepare<[string], Column>('SELECT name, type, "notnull", pk FROM pragma_table_info(?)')
    .all(table);
  const indexed = new Set(
    db
      .prepare<[string], string>(
        'SELECT ii.name FROM pragma_index_list(?) AS il, pragma_index_info(il.name) AS ii',
      )
      .pluck()
      .all(table),
  );
  const fixed = { ...ofMonth(random, table), ...ofParent(db, random, table) };
  const values = columns.map((column) => {
    if (Object.hasOwn(fixed, column.name)) return fixed[column.name];
    const isKey = column.notnull === 1 || column.pk > 0;
    return !isKey && random.whole(4) === 0 ? null : hostile(random, column, !indexed.has(column.name));
  });
  const names = columns.map(({ name }) => `"${name}"`).join(', ');
  db.prepare(`INSERT OR IGNORE INTO "${table}" (${names}) VALUES (${columns.map(() => '?').join(', ')})`).run(
    values,
  );
}

function hostile(random: Random, { type, name }: Column, mayBeLong: boolean): unknown {
  switch (type) {
    case 'INTEGER':
      // What is summed up stays within what a number holds.
      if (name === 'count') return 1 + random.whole(1000);
      return random.whole(3) === 0 ? random.whole(2 ** 31) : random.pick(WHOLE);
    case 'REAL':
      return random.whole(3) === 0 ? random.whole(2 ** 31) / 7 : random.pick(REAL);
    case 'BLOB':
      return Buffer.from(Array.from({ length: random.pick([0, 1, 300]) }, () => random.whole(256)));
    case 'ANY':
      return random.whole(3) === 0 ? 0 : `name ${random.whole(100)}`;
    default:
      return textValue(random, mayBeLong);
  }
}

function textValue(random: Random, mayBeLong: boolean): string {
  if (random.whole(2) === 0) return random.pick(TEXT);
  const points = Array.from({ length: random.whole(20) }, () =>
    random.whole(random.pick([0x80, 0x800, 0x1_0000, 0x11_0000])),
  );
  const text = validText(points.map((point) => String.fromCodePoint(point)).join(''));
  // Longer than what is sent, and read, at once.
  return mayBeLong && random.whole(40) === 0 ? text.repeat(20_000) : text;
}

/** Times within the month of a table, and ids that fit them. */
function ofMonth(random: Random, table: string): Readonly<Record<string, unknown>> {
  const [, base, year, month] = /^(\w+)_(\d{4})_(\d{2})$/.exec(table) ?? [];
  const split = (Object.keys(SPLIT) as SplitTable[]).find((name) => SPLIT[name].base === base);
  if (split === undefined) return {};
  const time = Date.UTC(Number(year), Number(month) - 1, 1 + random.whole(28), random.whole(24));
  return { [SPLIT[split].by]: time, ...(split === 'finished_jobs' ? { id: uuidAt(time) } : {}) };
}

/** What refers to another table does so to a row that is there. */
function ofParent(db: Database.Database, random: Random, table: string): Readonly<Record<string, unknown>> {
  const keys = db
    .prepare<[string], { table: string; from: string; to: string }>(
      'SELECT "table", "from", "to" FROM pragma_foreign_key_list(?)',
    )
    .all(table);
  const [first] = keys;
  if (first === undefined) return {};
  const rows = db.prepare<[], Record<string, unknown>>(`SELECT * FROM "${first.table}"`).all();
  const row = random.pick(rows);
  return Object.fromEntries(keys.map(({ from, to }) => [from, row[to]]));
}
