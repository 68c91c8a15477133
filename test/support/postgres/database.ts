import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

/** A database to which a test puts questions beside the store, as an operator would. */
export interface AskedDatabase {
  readonly url: string;
  /** Runs one statement, on a connection of its own. */
  ask<Row>(sql: string, values?: readonly unknown[]): Promise<readonly Row[]>;
}

export interface TestDatabase extends AskedDatabase, AsyncDisposable {}

export const askedDatabase = (url: string): AskedDatabase => ({
  url,
  ask: (sql, values) => askOnce(url, sql, values),
});

/** An empty database of the server that all tests share, or of the one at `server`; gone when it is disposed. */
export async function testDatabase(server: string = inject('postgres')): Promise<TestDatabase> {
  const name = `sluice_test_${randomBytes(6).toString('hex')}`;
  await askOnce(server, `CREATE DATABASE ${name}`);
  const place = new URL(server);
  place.pathname = `/${name}`;
  return {
    ...askedDatabase(place.href),
    async [Symbol.asyncDispose]() {
      await askOnce(server, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

async function askOnce<Row>(
  url: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  const client = new pg.Client({ connectionString: url });
  // Tests end servers: the question fails then, and nothing else may.
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(sql, [...values])).rows as Row[];
  } finally {
    await client.end();
  }
}
