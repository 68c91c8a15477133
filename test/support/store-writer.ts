import { writeSync } from 'node:fs';
import { openSqliteStore } from '../../runtime/store/sqlite/open.ts';
import { claimOne } from './free-places.ts';
import { doneJob, jobRow, ledgerWrite, logWrite } from './rows.ts';

/**
 * A process that writes to the store in the file given as argument until it is killed, and prints the id of each job
 * once its write has resolved. Before that it claims one job, which it never finishes.
 */
const store = openSqliteStore({
  file: process.argv[2] ?? '',
  chainKey: new Uint8Array(32).fill(7),
});

async function writeForEver(): Promise<never> {
  for (;;) {
    const job = doneJob({ created_at: Date.now() });
    await store.finishJob({
      job,
      logs: [logWrite({ job: job.id }), logWrite({ job: job.id })],
      ledger: [ledgerWrite({ job: job.id })],
    });
    writeSync(1, `${job.id}\n`);
  }
}

await store.enqueueJob(jobRow());
await claimOne(store, Date.now());
await Promise.all(Array.from({ length: 10 }, writeForEver));
