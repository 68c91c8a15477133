import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { openDatabase } from '../../../runtime/store/postgres/database/database.ts';
import { migrate } from '../../../runtime/store/postgres/schema/migrate.ts';
import { testDatabase } from './database.ts';

/** A database with Sluice's tables that is used again and again: making one for each case takes longer than most cases do. */
export interface EmptiedDatabase extends AsyncDisposable {
  readonly url: string;
  /**
   * Brings it back to what it was with nothing in it. Throws, once it has, when somebody is still connected: what such a connection
   * wrote later would be found by another case.
   */
  empty(): Promise<void>;
}

export async function emptiedDatabase(): Promise<EmptiedDatabase> {
  const database = await testDatabase();
  await makeTables(database.url);
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const original = await relationsIn(client);
  const refill = await refillOf(client, original);

  return {
    url: database.url,
    async empty() {
      const left = await othersIn(client);
      await endAll(client, left);
      const added = (await relationsIn(client)).filter(
        ({ name }) => !original.some((one) => one.name === name),
      );
      await client.query(
        [...added.filter(isTable).map(({ name }) => `DROP TABLE IF EXISTS ${name}`), refill].join(';\n'),
      );
      if ((await relationsIn(client)).length !== original.length)
        throw new Error('A table of Sluice is gone.');
      if (left.length > 0)
        throw new Error(
          `Connections were left open; they did: ${left.map(({ query }) => query).join(' | ')}`,
        );
    },
    async [Symbol.asyncDispose]() {
      await client.end();
      await database[Symbol.asyncDispose]();
    },
  };
}

interface Relation {
  /** Quoted where it has to be. */
  readonly name: string;
  readonly kind: string;
}
const isTable = ({ kind }: Relation): boolean => kind === 'r' || kind === 'p';

async function makeTables(url: string): Promise<void> {
  const opened = openDatabase({ url });
  try {
    await migrate(opened, 'The database of a test', Date.now());
  } finally {
    await opened.close();
  }
}

/** Tables and sequences. */
async function relationsIn(client: pg.Client): Promise<readonly Relation[]> {
  const { rows } = await client.query<Relation>(
    `SELECT oid::regclass::text AS name, relkind AS kind FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'S')`,
  );
  return rows;
}

/** SQL that empties the tables and puts back what they hold now. */
async function refillOf(client: pg.Client, relations: readonly Relation[]): Promise<string> {
  const tables = relations.filter(isTable).map(({ name }) => name);
  const filled: string[] = [];
  for (const name of tables) {
    const { rows } = await client.query<{ rows: string | null }>(
      `SELECT quote_literal(json_agg(t)::text) AS rows FROM ${name} AS t`,
    );
    const held = rows[0]?.rows;
    if (held)
      filled.push(`INSERT INTO ${name} SELECT * FROM json_populate_recordset(NULL::${name}, ${held})`);
  }
  return [
    ...tables.map((name) => `DELETE FROM ${name}`),
    ...filled,
    `SELECT setval(seqrelid, seqstart, false) FROM pg_sequence JOIN pg_class ON oid = seqrelid
     WHERE relnamespace = 'public'::regnamespace`,
  ].join(';\n');
}

interface Other {
  readonly pid: number;
  readonly query: string;
}

/** Who else is connected. Those who left are seen for a moment longer. */
async function othersIn(client: pg.Client): Promise<readonly Other[]> {
  let others: readonly Other[] = [];
  for (let tries = 0; tries < 200; tries += 1) {
    const { rows } = await client.query<Other>(
      `SELECT pid, query FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`,
    );
    others = rows;
    if (others.length === 0) break;
    await setTimeout(5);
  }
  return others;
}

async function endAll(client: pg.Client, others: readonly Other[]): Promise<void> {
  if (others.length === 0) return;
  await client.query('SELECT pg_terminate_backend(pid, 5000) FROM unnest($1::int[]) AS pid', [
    others.map(({ pid }) => pid),
  ]);
}
