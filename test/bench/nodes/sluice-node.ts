import { createRuntime } from '../../../runtime/create-runtime.ts';
import { openPostgresStore } from '../../../runtime/store/postgres/open.ts';
import { createSandbox } from '../../../sandbox/create-sandbox.ts';
import type { Sandbox } from '../../../sandbox/types.ts';
import { encode } from '../../../sandbox/wire/encode.ts';
import { countQueries, countsOfQueries } from './query-count.ts';
import { say } from './say.ts';
import { CHAIN_KEY, KEYRING } from './terms.ts';

/**
 * A node of Sluice on the database at the URL given first. `queue`: its queue, history and logs alone, each job ending as soon as it
 * is started, with one log line; `whole`: each job a fresh program in a sealed room.
 */
const [url = '', kind = 'queue', telling = ''] = process.argv.slice(2);
const tell = telling === 'tell';

/** Rooms that are left as soon as they are entered. */
function emptyRooms(sandbox: Sandbox): Sandbox {
  const outcome = Promise.resolve({ status: 'done', result: encode(undefined), cpuMs: 0 } as const);
  return {
    ...sandbox,
    run(order, hooks) {
      if (tell) say('start', order.jobId);
      hooks.log({ at: Date.now(), level: 'info', message: 'ran', name: 'task' });
      return { outcome, cancel: () => {} };
    },
  };
}

function tellingRooms(sandbox: Sandbox): Sandbox {
  return {
    ...sandbox,
    run(order, hooks) {
      if (tell) say('start', order.jobId);
      return sandbox.run(order, hooks);
    },
  };
}

countQueries();
const store = await openPostgresStore({ url, chainKey: CHAIN_KEY });
const sandbox = await createSandbox();
await createRuntime({
  store,
  sandbox: kind === 'queue' ? emptyRooms(sandbox) : tellingRooms(sandbox),
  keyring: KEYRING,
  hookUrl: 'http://hooks.test',
  report: (message) => process.stderr.write(`${message}\n`),
});
const used = process.cpuUsage();
say('ready');
process.stdin.on('data', () => {
  say('counts', JSON.stringify({ ...countsOfQueries(), cpu: process.cpuUsage(used) }));
  process.exit(0);
});
