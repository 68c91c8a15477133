/** What a column holds, whatever its database calls it. */
export type ValueKind = 'integer' | 'real' | 'text' | 'bytes';

/** A value as both databases give it here; whole numbers are within 2^53. */
export type Value = number | string | Buffer | null;

/** Values in the order of a table's columns. */
export type Row = readonly Value[];

export interface MovedColumn {
  readonly name: string;
  readonly kind: ValueKind;
}

/** A table that is moved, with the columns that SQLite has, under the name that PostgreSQL has for it. */
export interface MovedTable {
  readonly name: string;
  readonly columns: readonly MovedColumn[];
  /** Places in `columns` of its primary key's, in the order in which its rows are read on both sides. */
  readonly key: readonly number[];
  readonly postgres: PostgresForm;
}

/** What PostgreSQL has in the place of a table of SQLite. */
export interface PostgresForm {
  /** Reads rows as SQLite has them. */
  select(key: string): string;
  /** Columns that get values, all that it has but those that are made by themselves. */
  readonly columns: readonly CopyColumn[];
  /** The values of `columns` for a row of SQLite. */
  keep(row: Row): Row;
  /** A row that was read, as SQLite gets it; it is so already unless given. */
  restore?(row: Row): Row;
  /** A row of SQLite in the form in which rows are restored, where it may have been written otherwise. */
  comparable?(row: Row): Row;
}

export interface CopyColumn {
  readonly name: string;
  readonly kind: ValueKind | 'json' | 'jsonb';
}

/** A name in SQL; both databases have reserved words among theirs. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export const columnsSql = (columns: readonly { readonly name: string }[]): string =>
  columns.map(({ name }) => quoted(name)).join(', ');

/** The columns of a table's key as SQL. */
export const keySql = ({ columns, key }: Pick<MovedTable, 'columns' | 'key'>): string =>
  key.map((place) => quoted(columns[place]?.name ?? '')).join(', ');

/** A row's key for a person: `id=...`, without what else is in the row. */
export const keyText = ({ columns, key }: MovedTable, row: Row): string =>
  key.map((place) => `${columns[place]?.name}=${shown(row[place] ?? null)}`).join(', ');

function shown(value: Value): string {
  return Buffer.isBuffer(value) ? value.subarray(0, 32).toString('hex') : String(value).slice(0, 100);
}
