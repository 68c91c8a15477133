import type { Session } from '../postgres/database/session.ts';
import type { CatalogTable } from './catalog-table.ts';
import type { CopyColumn } from './moved-table.ts';
import { notOfExtension } from './not-of-extension.ts';
import { refusal } from './refusal.ts';

const KINDS: Readonly<Record<string, CopyColumn['kind']>> = {
  int8: 'integer',
  float8: 'real',
  text: 'text',
  bytea: 'bytes',
  json: 'json',
  jsonb: 'jsonb',
};

/**
 * The tables of the current schema with what a copy needs to know, but for those of extensions; partitions belong to the table that
 * they are of.
 */
export async function readPostgresTables(session: Session): Promise<ReadonlyMap<string, CatalogTable>> {
  const tables = await session.rows<{ name: string; key: string[] | null; after: string[] }>(TABLES);
  const columns = await session.rows<{ table: string; name: string; type: string }>(COLUMNS);
  return new Map(
    tables.map(({ name, key, after }) => {
      const own = columns.filter(({ table }) => table === name);
      const kinds = new Map(own.map((column) => [column.name, kindOf(column)]));
      return [name, { name, columns: kinds, key: key ?? [], after }];
    }),
  );
}

function kindOf({ table, name, type }: { table: string; name: string; type: string }): CopyColumn['kind'] {
  const kind = KINDS[type];
  if (kind !== undefined) return kind;
  throw refusal('schemas_differ', `${table}.${name} is of the type ${type}, which cannot be moved.`);
}

const HERE = `relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
  AND ${notOfExtension('pg_class.oid')}`;

const TABLES = `
  SELECT relname AS name,
         (SELECT array_agg(attname::text ORDER BY place)
          FROM pg_constraint, unnest(conkey) WITH ORDINALITY AS of_key (number, place)
          JOIN pg_attribute ON attnum = number
          WHERE contype = 'p' AND conrelid = pg_class.oid AND attrelid = pg_class.oid) AS key,
         ARRAY(SELECT DISTINCT confrelid::regclass::text FROM pg_constraint
               WHERE contype = 'f' AND conrelid = pg_class.oid) AS after
  FROM pg_class WHERE ${HERE} ORDER BY relname`;

const COLUMNS = `
  SELECT relname AS table, attname AS name, typname AS type
  FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid JOIN pg_type ON pg_type.oid = atttypid
  WHERE ${HERE} AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum`;
