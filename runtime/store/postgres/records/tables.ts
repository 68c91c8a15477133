import { createHash } from 'node:crypto';
import type { FieldSpec } from '../../record-store.ts';
import { duplicateValues } from '../../rules/duplicate-values.ts';
import type { Session, Slow } from '../database/session.ts';
import { isDuplicate } from '../database/store-errors.ts';
import { keySql, kindOf, numberSql, recordsTable, valueSql } from './field-sql.ts';

/**
 * A table of records; `data` and `folded` as in `kept-values.ts`. Ids and times are doubles as all numbers of records, so that values and
 * they are compared by index.
 */
const createTable = (model: number): string => `
CREATE TABLE ${recordsTable(model)} (
  id DOUBLE PRECISION PRIMARY KEY,
  version BIGINT NOT NULL,
  create_date DOUBLE PRECISION NOT NULL,
  write_date DOUBLE PRECISION NOT NULL,
  create_uid JSON NOT NULL,
  write_uid JSON NOT NULL,
  data JSONB NOT NULL,
  folded JSONB,
  bytes BIGINT NOT NULL,
  length BIGINT NOT NULL
);
CREATE INDEX ${recordsTable(model)}_write_date ON ${recordsTable(model)} (write_date);
`;

/** Within the transaction that gave the model its number. */
export async function makeTable(session: Session, model: number): Promise<void> {
  await session.rows(createTable(model));
}

/**
 * Makes the indexes of a model's table those that its fields ask for, within a transaction that has `models` locked. Throws
 * `duplicate_values` (422) when a unique one cannot be. Who writes records of the model waits meanwhile.
 */
export async function indexTable(
  session: Session,
  model: number,
  fields: Iterable<FieldSpec>,
): Promise<void> {
  const table = recordsTable(model);
  const wanted = new Map([...fields].filter(isIndexed).map((field) => [indexName(model, field), field]));
  const rows = await session.rows<{ name: string }>(INDEXES, [table]);
  const there = new Set(rows.map(({ name }) => name).filter((name) => /_(unique|by)_/.test(name)));
  for (const name of there) if (!wanted.has(name)) await session.rows(`DROP INDEX ${name}`);
  const missing = [...wanted].filter(([name]) => !there.has(name));
  if (missing.length === 0) return;
  await session.rows(`SET LOCAL statement_timeout = ${INDEX_MS}`);
  for (const [name, field] of missing) await makeIndex(session, table, name, field);
  // What it learns of an expression's values is by index, and decides by which index it goes.
  await session.rows(slow(`ANALYZE ${table}`));
}

/** What an index may take: of ten million records one is made in about a minute. */
const INDEX_MS = 600_000;
const slow = (text: string): Slow => ({ text, mostMs: INDEX_MS });

async function makeIndex(session: Session, table: string, name: string, field: FieldSpec): Promise<void> {
  const key = kindOf(field) === 'number' ? numberSql(table, field) : keySql(table, field);
  try {
    // Keys of different values may be the same: text that is long, and text where numbers are expected.
    const unique = `CREATE UNIQUE INDEX ${name} ON ${table} ((${key}), (${hashSql(table, field)}))`;
    await session.rows(slow(field.unique ? unique : `CREATE INDEX ${name} ON ${table} ((${key}))`));
  } catch (error) {
    throw isDuplicate(error) ? duplicateValues(field.name, error) : error;
  }
}

/** Of a whole value. As bytes a text has to have its backslashes twice. */
const hashSql = (table: string, { name }: FieldSpec): string =>
  `sha256(replace(${valueSql(table, name)}::text, '\\', '\\\\')::bytea)`;

const isIndexed = ({ unique, index }: FieldSpec): boolean => unique || index;

/** Names of fields may be longer than PostgreSQL's. What a field's index is on depends on its kind. */
export function indexName(model: number, field: FieldSpec): string {
  const hash = createHash('sha256').update(field.name).digest('hex').slice(0, 16);
  return `${recordsTable(model)}_${field.unique ? 'unique' : 'by'}_${kindOf(field)}_${hash}`;
}

const INDEXES = {
  name: 'indexes of records',
  text: 'SELECT indexname AS name FROM pg_indexes WHERE schemaname = current_schema() AND tablename = $1',
};
