import { appendFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { type PostgresServer, startPostgres } from './server.ts';

/** What a server needs that is to have a replica. */
export const PRIMARY = ['wal_level=replica', 'max_wal_senders=4', 'hot_standby=on'];

/**
 * A streaming replica of a server, begun from a copy of its files, for which the server is ended for a moment. From then on the server
 * commits only what the replica has on disk as well.
 */
export async function startReplica(primary: PostgresServer): Promise<PostgresServer> {
  await primary.end();
  const { hostname, port, username } = new URL(primary.url);
  const follow = `host=${hostname} port=${port} user=${username} application_name=replica`;
  // Its files are copied before this returns.
  const replica = startPostgres({
    careful: true,
    settings: PRIMARY,
    copy: {
      of: primary.dataDir,
      change(dataDir) {
        writeFileSync(path.join(dataDir, 'standby.signal'), '');
        appendFileSync(path.join(dataDir, 'postgresql.auto.conf'), `primary_conninfo = '${follow}'\n`);
      },
    },
  });
  await primary.begin();
  const started = await replica;
  await ask(primary.url, `ALTER SYSTEM SET synchronous_standby_names = 'replica'`);
  await ask(primary.url, 'SELECT pg_reload_conf()');
  await until(primary.url, `SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'`);
  return started;
}

/** Makes a replica a server that takes writes. */
export async function promote(replica: PostgresServer): Promise<void> {
  await ask(replica.url, `ALTER SYSTEM SET synchronous_standby_names = ''`);
  await ask(replica.url, 'SELECT pg_promote()');
  await until(replica.url, 'SELECT 1 WHERE NOT pg_is_in_recovery()');
}

async function until(url: string, sql: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if ((await ask(url, sql)).length > 0) return;
    await setTimeout(50);
  }
  throw new Error(`This never came true: ${sql}`);
}

async function ask(url: string, sql: string): Promise<readonly unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
