import { readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { processes } from '../../support/processes.ts';

/** What a database has done since it was made, and the processor time of its server. */
export interface DatabaseCost {
  readonly commits: number;
  readonly rowsWritten: number;
  readonly walBytes: number;
  /** Of all its processes, in microseconds. */
  readonly cpu: number;
}

const TICK_MICROSECONDS = 10_000;

/** `dataDir`: of a server on this machine. */
export async function databaseCost(url: string, dataDir: string): Promise<DatabaseCost> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('SELECT pg_stat_force_next_flush()');
    const { rows } = await client.query(
      `SELECT sum(xact_commit)::float8 AS commits, sum(tup_inserted + tup_updated + tup_deleted)::float8 AS "rowsWritten",
         (SELECT wal_bytes::float8 FROM pg_stat_wal) AS "walBytes" FROM pg_stat_database`,
    );
    return { ...rows[0], cpu: cpuOf(dataDir) };
  } finally {
    await client.end();
  }
}

export function costBetween(before: DatabaseCost, after: DatabaseCost): DatabaseCost {
  const of = (name: keyof DatabaseCost): number => after[name] - before[name];
  return {
    commits: of('commits'),
    rowsWritten: of('rowsWritten'),
    walBytes: of('walBytes'),
    cpu: of('cpu'),
  };
}

/** The first process, those that it has buried, and those that live. */
function cpuOf(dataDir: string): number {
  const pid = Number(readFileSync(path.join(dataDir, 'postmaster.pid'), 'utf8').split('\n')[0]);
  const living = processes().filter(({ parent }) => parent === pid);
  const ticks = living.reduce((sum, { pid: each }) => sum + ticksOf(each, false), ticksOf(pid, true));
  return ticks * TICK_MICROSECONDS;
}

function ticksOf(pid: number, withBuried: boolean): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    // Fields 14 to 17 of proc(5): utime, stime, cutime, cstime.
    const [user = 0, system = 0, buriedUser = 0, buriedSystem = 0] = fields.slice(11, 15);
    return user + system + (withBuried ? buriedUser + buriedSystem : 0);
  } catch {
    return 0;
  }
}
