import { setTimeout } from 'node:timers/promises';
import { testDatabase } from '../support/postgres/database.ts';
import { startPostgres } from '../support/postgres/server.ts';
import { benchNode } from './nodes/bench-node.ts';
import { costBetween, databaseCost } from './nodes/database-cost.ts';
import { queueOfSluice } from './nodes/queue-of-sluice.ts';

/**
 * What nodes cost the database that have nothing to do: its pulse, the marks of projects, looks for due jobs and ticks, leases. In
 * microseconds of its processor time for each second of one node, beside so many projects.
 *
 *     node server/launch.cjs --file test/bench/idle-nodes.ts [seconds] [projects]
 */
const [seconds = 30, projects = 100] = process.argv.slice(2).map(Number);

const server = await startPostgres({ careful: true });
const database = await testDatabase(server.url);
const queue = await queueOfSluice(database);
await queue.close();
/** Copies of the one project: what nodes look at is there, and nothing of it falls due. */
for (const table of ['projects', 'versions', 'triggers']) {
  const columns = await database.ask<{ column_name: string; position: number }>(
    `SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1 ORDER BY ordinal_position`,
    [table],
  );
  const unique: Readonly<Record<string, string>> = {
    id: `id || '-' || n`,
    project_id: `project_id || '-' || n`,
    slug: `slug || '-' || n`,
  };
  const list = columns.map(({ column_name }) => `"${column_name}"`).join(', ');
  const values = columns.map(({ column_name }) => unique[column_name] ?? `"${column_name}"`).join(', ');
  await database.ask(
    `INSERT INTO ${table} (${list}) SELECT ${values} FROM ${table}, generate_series(2, $1::int) n`,
    [projects],
  );
}

for (const count of [0, 1, 2, 4]) {
  const nodes = await Promise.all(
    Array.from({ length: count }, () => benchNode('sluice-node.ts', [database.url, 'queue'])),
  );
  await setTimeout(5000);
  const before = await databaseCost(database.url, server.dataDir);
  await setTimeout(seconds * 1000);
  const { cpu, commits } = costBetween(before, await databaseCost(database.url, server.dataDir));
  const counts = await Promise.all(nodes.map((node) => node.stop()));
  const statements = counts.reduce((sum, each) => sum + each.statements, 0);
  console.log(
    `${count} idle nodes, ${projects} projects: database ${(cpu / seconds).toFixed(0)} us and ` +
      `${(commits / seconds).toFixed(1)} commits a second; ${(statements / (seconds + 5) / Math.max(count, 1)).toFixed(1)} statements a second of each node, with its start`,
  );
}
await server.stop();
process.exit(0);
