import { run } from 'graphile-worker';
import { countQueries, countsOfQueries } from './query-count.ts';
import { say } from './say.ts';

/**
 * A worker of graphile-worker on the database at the URL given first. `single`: as it comes, with ten jobs at once; `batched`: with
 * its local queue and its completions in batches, as its manual advises for many quick jobs. It does nothing for each job but to
 * tell when it starts.
 */
const [url = '', mode = 'single', telling = ''] = process.argv.slice(2);
const BATCHED = {
  concurrentJobs: 24,
  maxPoolSize: 26,
  localQueue: { size: 50 },
  completeJobBatchDelay: 0,
  failJobBatchDelay: 0,
};

countQueries();
const tell = telling === 'tell';
await run({
  preset: {
    worker: {
      connectionString: url,
      ...(mode === 'batched' ? BATCHED : { concurrentJobs: 10 }),
    },
  },
  taskList: {
    async nothing(payload) {
      if (tell) say('start', (payload as { id: string }).id);
    },
  },
  noHandleSignals: true,
});
const used = process.cpuUsage();
say('ready');
process.stdin.on('data', () => {
  say('counts', JSON.stringify({ ...countsOfQueries(), cpu: process.cpuUsage(used) }));
  process.exit(0);
});
