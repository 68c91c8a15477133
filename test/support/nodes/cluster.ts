import { openPostgresStore } from '../../../runtime/store/postgres/open.ts';
import type { AskedDatabase } from '../postgres/database.ts';
import { type FailingNode, failingNode } from './node.ts';
import { type EndedRow, NodeEvidence } from './node-evidence.ts';
import { CHAIN_KEY } from './terms.ts';

/** Nodes that share one database, with what they said. */
export interface Cluster extends AsyncDisposable {
  readonly nodes: readonly FailingNode[];
  readonly evidence: NodeEvidence;
  /** Lets all of them end what is left; resolves with their exit codes. */
  drain(): Promise<readonly (number | null)[]>;
}

/** Names, and by how many minutes the clocks of their machines are wrong. */
const NODES = { one: 0, two: 7, three: -7 };

/** Three nodes, each with a wire of its own. The first one makes the tables and the project. */
export async function startCluster(database: AskedDatabase): Promise<Cluster> {
  const evidence = new NodeEvidence();
  const hear = (node: string, line: string): void => evidence.hear(node, line);
  const nodes = await Promise.all(
    Object.entries(NODES).map(([name, minutes]) => failingNode(name, minutes * 60_000, database.url, hear)),
  );
  for (const node of nodes) await node.begin();
  return {
    nodes,
    evidence,
    drain: () => Promise.all(nodes.map((node) => node.drain())),
    async [Symbol.asyncDispose]() {
      for (const node of nodes) await node.stop();
    },
  };
}

/** Everything that must not be, once the nodes have ended: of jobs, and of the ledger. */
export async function problemsOf({ evidence }: Cluster, database: AskedDatabase): Promise<readonly string[]> {
  const left = await database.ask<{ id: string }>('SELECT id FROM jobs');
  const ended = await database.ask<EndedRow>(
    'SELECT id, status, attempt::int, trigger_type, parent_id, planned_at::float8, error FROM finished_jobs',
  );
  const store = await openPostgresStore({ url: database.url, chainKey: CHAIN_KEY });
  const report = await store.verifyLedger({}, [Buffer.from(CHAIN_KEY).toString('hex')]);
  await store.close();
  const problems = [
    ...left.map(({ id }) => `${id} is left`),
    ...evidence.problems(ended),
    ...report.problems.map((problem) => `the ledger: ${JSON.stringify(problem)}`),
  ];
  for (const problem of problems) console.error(`${problem}\n${evidence.story(problem.split(' ')[0] ?? '')}`);
  return problems;
}
