import { makeWorkerUtils } from 'graphile-worker';
import pg from 'pg';
import type { TestDatabase } from '../../support/postgres/database.ts';
import type { BenchQueue } from './bench-queue.ts';

const LEFT = { name: 'left', text: 'SELECT 1 FROM graphile_worker._private_jobs LIMIT 1' };

/** The same on graphile-worker, which keeps no history. */
export async function queueOfGraphile(database: TestDatabase): Promise<BenchQueue> {
  const utils = await makeWorkerUtils({ connectionString: database.url });
  await utils.migrate();
  const asking = new pg.Client(database.url);
  await asking.connect();
  let count = 0;
  return {
    async fill(wanted) {
      await database.ask(
        `SELECT graphile_worker.add_job('nothing', json_build_object('id', each::text)) FROM generate_series(1, $1::int) each`,
        [wanted],
      );
    },
    async isEmpty() {
      return (await asking.query(LEFT)).rows.length === 0;
    },
    async add() {
      count += 1;
      const id = `single ${count}`;
      await utils.addJob('nothing', { id });
      return id;
    },
    async close() {
      await asking.end();
      await utils.release();
    },
  };
}
