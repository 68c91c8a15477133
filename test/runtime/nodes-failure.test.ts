import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { problemsOf, startCluster } from '../support/nodes/cluster.ts';
import type { FailingNode } from '../support/nodes/node.ts';
import { LEASE_MS, LIMIT } from '../support/nodes/terms.ts';
import { type AskedDatabase, askedDatabase, testDatabase } from '../support/postgres/database.ts';
import { PRIMARY, promote, startReplica } from '../support/postgres/replica.ts';
import { type PostgresServer, startPostgres } from '../support/postgres/server.ts';

/** Each failure once; `SLUICE_NODE_ROUNDS=200` before a release. */
const ROUNDS = Number(process.env.SLUICE_NODE_ROUNDS ?? 5);
const ROUND_MS = 40_000;

const between = (least: number, most: number): number => least + Math.random() * (most - least);
/** Shorter and longer than a lease. */
const outage = (): Promise<void> => setTimeout(between(LEASE_MS / 4, LEASE_MS * 2));

type Failure = (node: FailingNode, server: PostgresServer) => Promise<void>;

const FAILURES: Readonly<Record<string, Failure>> = {
  async kill(node) {
    await node.kill();
    await outage();
  },
  async freeze(node) {
    node.freeze();
    await outage();
    node.thaw();
  },
  async cut(node) {
    node.cut();
    await outage();
    node.mend();
  },
  async 'database crash'(_node, server) {
    await server.end('SIGQUIT');
    await setTimeout(between(0, 1500));
    await server.begin();
  },
  async 'database restart'(_node, server) {
    await server.end();
    await setTimeout(between(0, 1500));
    await server.begin();
  },
};

/** The most jobs that ran at once of the task that has a limit, as the database had them at each look. */
async function mostAtOnce(database: AskedDatabase, until: AbortSignal): Promise<number> {
  let most = 0;
  while (!until.aborted) {
    const [found] = await database
      .ask<{ count: string }>(
        "SELECT count(*) FROM jobs WHERE status = 'running' AND trigger_type <> 'webhook'",
      )
      .catch(() => []);
    most = Math.max(most, Number(found?.count ?? 0));
    await setTimeout(20);
  }
  return most;
}

describe('three nodes on one database', () => {
  it('lose no accepted event, run nothing again that has ended, and never finish one job twice, whatever happens to them', {
    timeout: (ROUNDS + 4) * ROUND_MS,
  }, async () => {
    const server = await startPostgres({ careful: true });
    const database = await testDatabase(server.url);
    await using cluster = await startCluster(database);
    const { nodes, evidence } = cluster;
    const over = new AbortController();
    const most = mostAtOnce(database, over.signal);
    const happened: Record<string, number> = {};
    for (let count = 0; count < ROUNDS; count += 1) {
      const names = Object.keys(FAILURES);
      const name = names[count % names.length] ?? '';
      const node = nodes[Math.floor(Math.random() * nodes.length)];
      if (node === undefined) continue;
      happened[name] = (happened[name] ?? 0) + 1;
      await setTimeout(between(200, 1200));
      evidence.note(`${name} (${node.name})`);
      await FAILURES[name]?.(node, server);
      evidence.note(`${name} is over`);
      for (const each of nodes) await each.begin();
    }
    const codes = await cluster.drain();
    over.abort();
    console.log(`${ROUNDS} failures: ${JSON.stringify({ ...happened, ...evidence.counts })}`);
    expect(await problemsOf(cluster, database)).toEqual([]);
    expect(codes).toEqual([0, 0, 0]);
    expect(await most).toBeLessThanOrEqual(LIMIT);
    expect(evidence.counts.finished).toBeGreaterThan(ROUNDS);
    expect(evidence.counts.answered).toBeGreaterThan(0);
    await server.stop();
  });

  it('lose nothing when the database dies and its replica takes over', {
    timeout: 4 * ROUND_MS,
  }, async () => {
    const primary = await startPostgres({ careful: true, settings: PRIMARY });
    const database = await testDatabase(primary.url);
    const replica = await startReplica(primary);
    await using cluster = await startCluster(database);
    await setTimeout(3000);
    await primary.end('SIGKILL');
    const before = { ...cluster.evidence.counts };
    await promote(replica);
    for (const node of cluster.nodes) node.redirect(replica.port);
    await setTimeout(3000);
    expect(await cluster.drain()).toEqual([0, 0, 0]);
    const moved = new URL(database.url);
    moved.port = String(replica.port);
    expect(await problemsOf(cluster, askedDatabase(moved.href))).toEqual([]);
    expect(before.accepted).toBeGreaterThan(0);
    expect(cluster.evidence.counts.accepted).toBeGreaterThan(before.accepted);
    await primary.stop();
    await replica.stop();
  });
});
