import type { CopyColumn } from './moved-table.ts';

/** A table as a database's catalog has it. */
export interface CatalogTable<Kind extends CopyColumn['kind'] = CopyColumn['kind']> {
  readonly name: string;
  /** Without columns that are made of others. */
  readonly columns: ReadonlyMap<string, Kind>;
  /** Names of the columns of its primary key. */
  readonly key: readonly string[];
  /** Tables whose rows have to be there before its own. */
  readonly after: readonly string[];
}

/** The number in `records_12`; undefined for other tables. */
export const recordsNumber = (name: string): number | undefined => {
  const [, number] = /^records_(\d+)$/.exec(name) ?? [];
  return number === undefined ? undefined : Number(number);
};
