import { type CatalogTable, recordsNumber } from './catalog-table.ts';
import type { MovedColumn, MovedTable, PostgresForm, ValueKind } from './moved-table.ts';
import { ONLY_IN_POSTGRES, ONLY_IN_SQLITE, OWN_TABLES } from './not-moved.ts';
import { OTHER_FORMS, sameForm } from './postgres-forms.ts';
import { recordsForm } from './records-form.ts';
import { refusal } from './refusal.ts';

/**
 * The tables to move, each after those that it refers to. Throws `schemas_differ` when one side has a table or column that the other
 * does not have and that is not among the known exceptions.
 */
export function pairTables(
  sqlite: ReadonlyMap<string, CatalogTable<ValueKind>>,
  postgres: ReadonlyMap<string, CatalogTable>,
): readonly MovedTable[] {
  const isMoved = (name: string): boolean => !OWN_TABLES.has(name) && !ONLY_IN_POSTGRES.has(name);
  const names = [...sqlite.keys()].filter(isMoved);
  refuseDifference('the table', names, [...postgres.keys()].filter(isMoved));
  const after = (name: string): readonly string[] => postgres.get(name)?.after ?? [];
  return inOrder(names, after).map((name) => pair(sqlite.get(name), postgres.get(name)));
}

function pair(sqlite: CatalogTable<ValueKind> | undefined, postgres: CatalogTable | undefined): MovedTable {
  if (sqlite === undefined || postgres === undefined) throw new Error('A table has no other side.');
  const { name } = sqlite;
  const full = (column: string): string => `${name}.${column}`;
  const columns = [...sqlite.columns]
    .filter(([column]) => !ONLY_IN_SQLITE.has(full(column)))
    .map(([column, kind]) => ({ name: column, kind }));
  const form = formOf(name, columns);
  const there = [...postgres.columns].filter(([column]) => !ONLY_IN_POSTGRES.has(full(column)));
  refuseDifference(
    'the column',
    form.columns.map(described(name)),
    there.map(([column, kind]) => described(name)({ name: column, kind })),
  );
  const keyOf = (names: readonly string[]): readonly number[] =>
    names.map((column) => columns.findIndex((each) => each.name === column)).filter((place) => place >= 0);
  const ordered = keyOf(postgres.key);
  const key = ordered.length > 0 ? ordered : keyOf(sqlite.key);
  if (key.length === 0)
    throw refusal('schemas_differ', `${name} has no primary key by which its rows could be compared.`);
  return { name, columns, key, postgres: form };
}

function formOf(name: string, columns: readonly MovedColumn[]): PostgresForm {
  if (recordsNumber(name) !== undefined) return recordsForm(name);
  return OTHER_FORMS.get(name)?.(columns) ?? sameForm(name, columns);
}

const described =
  (table: string) =>
  ({ name, kind }: PostgresForm['columns'][number]): string =>
    `${table}.${name} (${kind})`;

function refuseDifference(what: string, sqlite: readonly string[], postgres: readonly string[]): void {
  const missing = (here: string, names: readonly string[], others: readonly string[]): readonly string[] =>
    names.filter((name) => !others.includes(name)).map((name) => `${here} has ${what} ${name}`);
  const differences = [...missing('SQLite', sqlite, postgres), ...missing('PostgreSQL', postgres, sqlite)];
  if (differences.length === 0) return;
  throw refusal(
    'schemas_differ',
    `The two databases are not of one kind, and something would be left behind: ${differences.join(', ')}. ` +
      'Nothing was moved. Remove what is not of Sluice; otherwise use the version of Sluice that made it.',
  );
}

/** Each name after those that it depends on. */
function inOrder(
  names: readonly string[],
  dependsOn: (name: string) => readonly string[],
): readonly string[] {
  const placed = new Set<string>();
  const place = (name: string): void => {
    if (placed.has(name)) return;
    for (const other of dependsOn(name)) if (other !== name) place(other);
    placed.add(name);
  };
  for (const name of names) place(name);
  return [...placed];
}
