import pg from 'pg';
import { createRuntime } from '../../../runtime/create-runtime.ts';
import { uuidv7 } from '../../../runtime/ids.ts';
import { newJob } from '../../../runtime/new-job.ts';
import type { JobRow } from '../../../runtime/store/job-store.ts';
import { openPostgresStore } from '../../../runtime/store/postgres/open.ts';
import { createSandbox } from '../../../sandbox/create-sandbox.ts';
import type { TestDatabase } from '../../support/postgres/database.ts';
import { deployTask } from '../../support/runtime.ts';
import type { BenchQueue } from './bench-queue.ts';
import { CHAIN_KEY, KEYRING } from './terms.ts';

const USER = { id: null, name: 'bench', login: null, role: null } as const;

/** By indexes that have none but these. */
const LEFT = {
  name: 'left',
  text: `SELECT 1 FROM jobs WHERE ready = 1 UNION ALL SELECT 1 FROM jobs WHERE status = 'running' LIMIT 1`,
};

/** A project with one task that does nothing, on a database of its own; who queues its jobs runs none of them. */
export async function queueOfSluice(database: TestDatabase): Promise<BenchQueue> {
  const store = await openPostgresStore({ url: database.url, chainKey: CHAIN_KEY });
  const asking = new pg.Client(database.url);
  await asking.connect();
  const make = await deployed();
  /** A job that never falls due while the bench runs: what all others are copies of. */
  const waiting: JobRow = { ...make(), run_at: store.now() + 86_400_000 };
  await store.enqueueJob(waiting);
  const template = waiting.id;

  async function deployed(): Promise<() => JobRow> {
    const own = await openPostgresStore({ url: database.url, chainKey: CHAIN_KEY });
    const runtime = await createRuntime({
      store: own,
      sandbox: await createSandbox(),
      keyring: KEYRING,
      hookUrl: 'http://hooks.test',
    });
    const live = await deployTask(runtime, {
      slug: 'bench',
      code: 'export function handle_button() { log("ran"); }',
      task: '    limits: {concurrency: 100}',
      triggers: ['{type: button, name: GO}'],
    });
    await runtime.stop(0);
    const trigger = live.triggersByName.get('GO');
    if (trigger === undefined) throw new Error('The trigger is not there.');
    return () => newJob(live, trigger, { now: store.now(), user: USER, input: null, maxAttempts: 5 });
  }

  return {
    async fill(count) {
      const ids = Array.from({ length: count }, () => uuidv7(store.now()));
      const [{ columns = '' } = {}] = await database.ask<{ columns: string }>(
        `SELECT string_agg(format('%I', column_name), ', ') AS columns FROM information_schema.columns
         WHERE table_name = 'jobs' AND is_generated = 'NEVER' AND column_name NOT IN ('id', 'run_at', 'ready')`,
      );
      await database.ask(
        `WITH told AS (SELECT pg_notify('sluice', '{"process":"bench","kind":"queued"}'))
         INSERT INTO jobs (id, run_at, ready, ${columns})
         SELECT each, $2::bigint, 1, ${columns} FROM told, unnest($1::text[]) each CROSS JOIN jobs WHERE id = $3`,
        [ids, store.now() - 1, template],
      );
    },
    async isEmpty() {
      return (await asking.query(LEFT)).rows.length === 0;
    },
    async add() {
      const job = make();
      await store.enqueueJob(job);
      return job.id;
    },
    async close() {
      await asking.end();
      await store.close();
    },
  };
}
