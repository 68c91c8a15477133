import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { decodeRows } from './decode-rows.ts';
import { keySql, type MovedTable, type Row } from './moved-table.ts';

/** All rows of a table in the order of its key, in batches as they come. `read` is told how many bytes came. */
export function postgresRows(
  client: pg.Client,
  table: MovedTable,
  read: (bytes: number) => void = () => {},
): AsyncGenerator<readonly Row[]> {
  const stream = client.query(
    copyTo(`COPY (${table.postgres.select(keySql(table))}) TO STDOUT (FORMAT binary)`),
  );
  return decodeRows(table, counted(stream, read));
}

async function* counted(
  stream: AsyncIterable<Buffer>,
  read: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  for await (const chunk of stream) {
    read(chunk.length);
    yield chunk;
  }
}
