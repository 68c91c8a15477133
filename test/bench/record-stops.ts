import { performance } from 'node:perf_hooks';
import type { CommitDeps } from '../../runtime/env/embedded/commit.ts';
import { createEmbedded } from '../../runtime/env/embedded/create-embedded.ts';
import { recordsOf } from '../../runtime/env/records-of.ts';
import { spawnReader } from '../../runtime/store/sqlite/reader/spawn-reader.ts';
import { hostHardening } from '../../sandbox/hardening/host-hardening.ts';
import { decode } from '../../sandbox/wire/decode.ts';
import { encode } from '../../sandbox/wire/encode.ts';
import { actor } from '../support/deploys.ts';
import { type Answered, recordDeps, row } from '../support/records.ts';
import { deployTask, openTestRuntime } from '../support/runtime.ts';
import { openTestStore } from '../support/store.ts';

/**
 * How long the server's own thread stands still at most while jobs do the largest things with records that they may: the longest of two
 * rounds, in processor time of the thread and by the clock. Beside it how long the whole took.
 *
 *     node server/launch.cjs --file test/bench/record-stops.ts [part of a name]
 */
const [only = ''] = process.argv.slice(2);
const ROUNDS = 2;
const GB = 1024 ** 3;
const MOST = 2000;

interface Stop {
  readonly processor: number;
  readonly clock: number;
}

const processorTime = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

/** When the thread was seen last to have got on. */
let seen = [0, 0] as readonly [processor: number, clock: number];
const getOn = () => {
  seen = [processorTime(), performance.now()];
};

/** The longest time in which the thread did nothing else, in milliseconds. */
async function longestStop(work: () => Promise<unknown>): Promise<Stop> {
  let [processor, clock] = [0, 0];
  getOn();
  const look = () => {
    processor = Math.max(processor, processorTime() - seen[0]);
    clock = Math.max(clock, performance.now() - seen[1]);
    getOn();
    next = setImmediate(look);
  };
  let next = setImmediate(look);
  await work();
  await new Promise((done) => setTimeout(done, 5));
  clearImmediate(next);
  return { processor, clock };
}

/** A transaction that is rolled back when a call of it is refused. */
async function inTransaction(work: (tx: unknown) => Promise<unknown>): Promise<void> {
  const tx = await env.call('env.begin');
  await work(tx).catch(async (error: unknown) => {
    // A commit that is refused has ended it.
    await env.call('env.rollback', tx).catch(() => {});
    throw error;
  });
}

async function watch(what: string, run: () => Promise<unknown>): Promise<void> {
  if (!what.includes(only)) return;
  let [processor, clock, took, end] = [0, 0, 0, 'done'];
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now();
    const guarded = () =>
      run().catch((error: unknown) => {
        end = String(error).slice(0, 100);
      });
    const stop = await longestStop(guarded);
    processor = Math.max(processor, stop.processor);
    clock = Math.max(clock, stop.clock);
    took = Math.max(took, performance.now() - began);
  }
  const ms = (value: number) => value.toFixed(0).padStart(5);
  console.log(`${what.padEnd(62)} ${ms(processor)} (${ms(clock)}) of ${ms(took)} ms, ${end}`);
}

const hardening = await hostHardening();
let file = '';
const opened = openTestStore({ reads: { spawn: () => spawnReader(hardening, file), timeoutMs: 60_000 } });
file = `${opened.dir}/sluice.db`;
const { store } = opened;
const works = await openTestRuntime({ store });

const triggers = Array.from(
  { length: 20 },
  (_, n) =>
    `{type: db, name: T${n}, model: x.watched, on: create_or_update, apply_on: ["|", ["text", "ilike", "x${n % 2 === 0 ? 'x' : 'y'}"], ["parent_id.name", "=", "p"]]}`,
);
const live = await deployTask(works.runtime, {
  slug: 'watcher',
  yaml: 'models: [{name: x.watched, fields: [{name: parent_id, type: many2one, relation: res.partner}]}, {name: x.refs, fields: [{name: to, type: many2one, relation: res.partner}]}, {name: x.referring, fields: [{name: to, type: many2one, relation: x.large}]}]',
  code: 'export function handle_db() {}',
  triggers,
});
const found = [...live.triggersByName.values()].map((trigger) => ({ project: live, trigger }));
const deps: CommitDeps = {
  ...recordDeps(store),
  mostBytes: 64 * GB,
  catalog: {
    dbTriggers: (model) =>
      found.filter(({ trigger }) => 'model' in trigger.spec && trigger.spec.model === model),
  },
};
const embedded = createEmbedded(deps);
const session = embedded.open(
  { user: { id: null, name: 'bench', login: null, role: 'developer' }, depth: 0 },
  'bench',
);
const caller = { jobId: 'bench', signal: new AbortController().signal };

/** What the runner does in its own process, encoding and decoding, is left out. */
async function call(operation: string, ...args: readonly unknown[]): Promise<unknown> {
  const encoded = encode(args);
  getOn();
  const answer = await embedded.call(operation, encoded, session, caller);
  const decoded = decode(answer);
  getOn();
  return decoded;
}
const env = {
  call,
  records: async (...args: Parameters<typeof call>) => ((await call(...args)) as Answered).records,
};
const list = <Item>(length: number, make: (n: number) => Item): Item[] =>
  Array.from({ length }, (_, n) => make(n));
const create = async (model: string, count: number, values: (n: number) => Record<string, unknown>) =>
  (
    await env.records(
      'env.create',
      model,
      list(count, (n) => row(values(n))),
    )
  ).map(({ id }) => id);

const text = 'x'.repeat(5000);
const fields = (count: number, value: unknown) => Object.fromEntries(list(count, (n) => [`f${n}`, value]));
const [parent = 0] = await create('res.partner', 1, () => ({ name: 'p' }));

await watch('create 1,500 of 5 KB', () => create('x.plain', 1500, () => ({ text })));
await watch('create 1,500 of 5 KB, 20 db triggers', () => create('x.watched', 1500, () => ({ text })));
await watch('create 1,500 of 5 KB, 20 db triggers, dotted paths', () =>
  create('x.watched', 1500, () => ({ text: 'z'.repeat(5000), parent_id: parent })),
);
await watch('create 2,000 of 100 bytes, 20 db triggers', () =>
  create('x.watched', MOST, () => ({ text: 'xx' })),
);
const plain = await create('x.plain', MOST, (n) => ({ text: 'short', n }));
const watched = await create('x.watched', MOST, (n) => ({ text: 'short', n }));
let change = 0;
const next = () => {
  change += 1;
  return change;
};
await watch('write on 2,000', () => env.call('env.write', 'x.plain', plain, row({ n: next() })));
await watch('write on 2,000, 20 db triggers', () =>
  env.call('env.write', 'x.watched', watched, row({ n: next(), text: 'xxyy' })),
);
await watch('write 4 KB on 2,000', () =>
  env.call('env.write', 'x.plain', plain, row({ n: next(), text: text.slice(0, 4000) })),
);
await watch('write 900 KB on 2,000', () =>
  env.call('env.write', 'x.plain', plain, row({ n: next(), text: 'x'.repeat(900_000) })),
);
await watch('write 8 MB of bytes on 2,000', () =>
  env.call('env.write', 'x.plain', plain, row({ n: next(), file: new Uint8Array(7_900_000) })),
);
await watch('a transaction of 5,000 changes', () =>
  inTransaction(async (tx) => {
    for (let part = 0; part < 5; part += 1)
      await env.call(
        'env.create',
        'x.plain',
        list(1000, (n) => row({ text: 'short', n })),
        tx,
      );
    await env.call('env.commit', tx);
  }),
);
await watch('a transaction of 5,000 changes, 20 db triggers', () =>
  inTransaction(async (tx) => {
    for (let part = 0; part < 5; part += 1)
      await env.call(
        'env.create',
        'x.watched',
        list(1000, (n) => row({ text: 'xxyy', n })),
        tx,
      );
    await env.call('env.commit', tx);
  }),
);
await watch('a transaction of 60 MB', () =>
  inTransaction(async (tx) => {
    for (let part = 0; part < 10; part += 1)
      await env.call(
        'env.create',
        'x.plain',
        list(8, (n) => row({ text: 'x'.repeat(750_000), n })),
        tx,
      );
    await env.call('env.commit', tx);
  }),
);
await watch('a transaction that searches 10 times after 2,000 creates', () =>
  inTransaction(async (tx) => {
    await env.call(
      'env.create',
      'x.plain',
      list(2000, (n) => row({ text: 'short', n })),
      tx,
    );
    for (let part = 0; part < 10; part += 1)
      await env.call('env.search', 'x.plain', [['text', 'ilike', 'short']], { limit: 10 }, tx);
    await env.call('env.rollback', tx);
  }),
);
await watch('300 fields of text, 250 records', () =>
  create('x.wide', 250, () => fields(300, 'text of a field')),
);
await watch('300 json fields, 100 records', () =>
  create('x.json', 100, () => fields(300, { a: [1, 2, { b: 'c' }] })),
);
await watch('json that is 899 deep, 1,000 records', () => {
  let deep: unknown = 1;
  for (let n = 0; n < 898; n += 1) deep = [deep];
  return create('x.deep', 1000, () => ({ deep }));
});
await watch('json with 45,000 keys', () =>
  create('x.keys', 1, () => ({ keys: Object.fromEntries(list(45_000, (n) => [`k${n}`, n])) })),
);
await watch('8 MB of bytes', () => create('x.file', 1, () => ({ file: new Uint8Array(7_900_000) })));
await watch('8 MB of base64', () => create('x.file', 1, () => ({ file: 'AAAA'.repeat(1_900_000) })));
await watch('2,000 different references', async () => create('x.refs', MOST, () => ({ to: parent })));
await watch('message_post on 2,000', () =>
  env.call('env.message_post', 'x.plain', plain, { body: '<p>Hi</p>' }),
);
await watch('message_post of 4 KB on 2,000', () =>
  env.call('env.message_post', 'x.plain', plain, { body: 'x'.repeat(4000) }),
);
const large = (
  await Promise.all(list(250, () => create('x.large', 8, () => ({ text: 'x'.repeat(950_000) }))))
).flat();
await watch('read 2,000 of 950 KB', () => env.call('env.read', 'x.large', large, null));
await watch('read 2,000 of 950 KB, one field', () => env.call('env.read', 'x.large', large, ['n']));
await watch('search 2,000 of 950 KB', () => env.call('env.search', 'x.large', [], {}));
await watch('search 2,000 of 950 KB, one field', () =>
  env.call('env.search', 'x.large', [], { fields: ['n'] }),
);
await watch('read 2,000 that refer to 2,000 of 950 KB', async () => {
  const refs = await create('x.referring', MOST, (n) => ({ to: large[n] }));
  await env.call('env.read', 'x.referring', refs, null);
});
await watch('write on 2,000 of 950 KB', () => env.call('env.write', 'x.large', large, row({ n: next() })));
await watch('unlink 2,000', async () =>
  env.call('env.unlink', 'x.plain', await create('x.plain', MOST, () => ({ text }))),
);
const person = recordsOf(deps, actor('manager'), { caller: 'api' });
await watch('the API lists 1,000 of 950 KB', () =>
  person.list('x.large', { domain: [], fields: null, limit: 1001, after: null }),
);
const middle = (await Promise.all(list(4, () => create('x.middle', 500, () => ({ text }))))).flat();
await watch('the API lists 1,000 of 5 KB', () =>
  person.list('x.middle', { domain: [], fields: null, limit: 1001, after: null }),
);
await watch('read 1,500 of 5 KB', () => env.call('env.read', 'x.middle', middle.slice(0, 1500), null));
await watch('search 10,000 of 100 bytes', async () => {
  if ((await env.call('env.search_count', 'x.small', [])) === 0)
    for (let n = 0; n < 5; n += 1) await create('x.small', MOST, (m) => ({ text: 'x'.repeat(80), m }));
  await env.call('env.search', 'x.small', [], {});
});
await watch('a domain of 10,000 values', () =>
  env.call('env.search', 'x.plain', [['n', 'in', list(10_000, (n) => n)]], { limit: 1 }),
);

await deployTask(works.runtime, {
  slug: 'handler',
  code: 'export function handle_db(records) { return records.mapped("n").length; }',
  triggers: ['{type: db, name: MADE, model: x.handled, on: create}'],
});
const real = works.runtime.records(actor('manager'));
await watch('handle_db with 1,000 records of 900 bytes', async () => {
  await real.create(
    'x.handled',
    list(1000, (n) => ({ n, text: 'x'.repeat(900) })),
  );
  const unfinished = async () =>
    (await store.listJobs({ project: 'handler', status: 'queued' }, { limit: 1 })).items.length +
    (await store.listJobs({ project: 'handler', status: 'running' }, { limit: 1 })).items.length;
  while ((await unfinished()) > 0) await new Promise((done) => setTimeout(done, 5));
});

await works.close();
await opened.close();
