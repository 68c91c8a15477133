import { performance } from 'node:perf_hooks';
import type { CommitDeps } from '../../runtime/env/embedded/commit.ts';
import { openPostgresStore } from '../../runtime/store/postgres/open.ts';
import type { RecordChange } from '../../runtime/store/record-store.ts';
import { spawnReader } from '../../runtime/store/sqlite/reader/spawn-reader.ts';
import type { Store } from '../../runtime/store/store.ts';
import { hostHardening } from '../../sandbox/hardening/host-hardening.ts';
import { actor } from '../support/deploys.ts';
import { createRandom } from '../support/fuzz/random.ts';
import { calledEnv, recordDeps, row } from '../support/records.ts';
import { clickButton, deployTask, openTestRuntime, type TestRuntime } from '../support/runtime.ts';
import { openTestStore } from '../support/store.ts';
import type { OpenedStore } from '../support/stores.ts';

/**
 * What records cost where there are many of them: orders that refer to customers, written through the store's own verbs; then each
 * call 24 times as a job makes it, searches through a reader, the median of the last 20. Also how long the server's thread stands
 * still while an index is made on all of them.
 *
 *     node server/launch.cjs --file test/bench/records.ts [records] [URL of an empty PostgreSQL database in the place of SQLite]
 */
const [records = '1000000', url] = process.argv.slice(2);
const count = Number(records);
const CUSTOMERS = Math.max(1, Math.floor(count / 50));
const AT_ONCE = 2000;
const WARM = 4;
const TIMES = 20;
const ORDER = 'x.order';
const CUSTOMER = 'x.customer';
const GB = 1024 ** 3;
const random = createRandom(1);
const NO_FILES: ReadonlyMap<string, Uint8Array | null> = new Map();

const models = (more = '') => `models:
  - {name: ${CUSTOMER}, strict: true, fields: [{name: name, type: char}, {name: ref, type: char, index: true}]}
  - name: ${ORDER}
    strict: true
    fields:
      - {name: name, type: char}
      - {name: ref, type: char, index: true}
      - {name: total, type: integer, index: true}
      - {name: closed, type: datetime, index: true}
      - {name: state, type: char${more}}
      - {name: partner_id, type: many2one, relation: ${CUSTOMER}, index: true}`;

const customerAt = (n: number) => ({ name: `Customer ${n}`, ref: `C${n}` });
const orderAt = (n: number) => ({
  name: `Order ${n} of several things that somebody has bought somewhere`,
  ref: `R${n}`,
  total: random.whole(1_000_000),
  closed: new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString(),
  state: random.pick(['draft', 'sale', 'done']),
  partner_id: 1 + random.whole(CUSTOMERS),
});

async function fill(
  store: Store,
  model: string,
  many: number,
  valuesAt: (n: number) => object,
): Promise<void> {
  for (let first = 0; first < many; first += AT_ONCE) {
    const changes = Array.from({ length: Math.min(AT_ONCE, many - first) }, (_, n): RecordChange => {
      const values = valuesAt(first + n) as RecordChange['values'];
      return { model, id: first + n + 1, expected: null, values, files: NO_FILES };
    });
    const at = Date.UTC(2026, 0, 1) + first;
    const written = await store.commitRecords({
      at,
      user: '{"id":null,"name":"bench"}',
      changes,
      learned: new Map(),
      jobs: [],
      logs: [],
      most_bytes: 64 * GB,
    });
    if (written.kind !== 'written') throw new Error(`The records were not written: ${written.kind}.`);
  }
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await run();
  return performance.now() - began;
}

async function measure(what: string, run: (n: number) => Promise<unknown>): Promise<void> {
  const times: number[] = [];
  for (let n = 0; n < WARM + TIMES; n += 1) times.push(await timed(() => run(n)));
  const sorted = times.slice(WARM).sort((one, other) => one - other);
  const [least = 0, median = 0, most = 0] = [sorted[0], sorted[TIMES / 2], sorted.at(-1)];
  console.log(
    `${what.padEnd(56)} ${median.toFixed(1).padStart(8)} ms (${least.toFixed(1)} to ${most.toFixed(1)})`,
  );
}

/** The longest time in which the thread did nothing else, in milliseconds. */
async function longestStop(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let seen = performance.now();
  const watch = setInterval(() => {
    longest = Math.max(longest, performance.now() - seen);
    seen = performance.now();
  }, 1);
  await work();
  await new Promise((done) => setTimeout(done, 5));
  clearInterval(watch);
  return longest;
}

const deploy = (works: TestRuntime, slug: string, yaml: string, code: string, ...triggers: string[]) =>
  deployTask(works.runtime, { slug, yaml, code, triggers });

async function searches(deps: CommitDeps): Promise<void> {
  const env = calledEnv(deps, 'bench', { queryMs: 60_000 });
  const any = () => random.whole(count);
  const search = (domain: unknown, options = {}) => env.call('env.search', ORDER, domain, options);
  const ids = () => Array.from({ length: 10 }, () => `R${any()}`);
  const from = () => new Date(Date.UTC(2026, 0, 1) + any() * 1000);
  const page = { limit: 50 };
  await measure('search ref = x', () => search([['ref', '=', `R${any()}`]]));
  await measure('search ref in 10 values', () => search([['ref', 'in', ids()]]));
  await measure('search id in 10 values', () =>
    search([['id', 'in', ids().map((id) => Number(id.slice(1)) + 1)]]),
  );
  await measure('search closed >= x, limit 50', () => search([['closed', '>=', from()]], page));
  await measure('search closed >= x, order closed, limit 50', () =>
    search([['closed', '>=', from()]], { ...page, order: 'closed' }),
  );
  await measure('search total between, half of them, limit 50', () =>
    search(
      [
        ['total', '>=', 250_000],
        ['total', '<', 750_000],
      ],
      page,
    ),
  );
  await measure('search write_date >= x, limit 50', () => search([['write_date', '>=', from()]], page));
  await measure('search partner_id = x', () => search([['partner_id', '=', 1 + random.whole(CUSTOMERS)]]));
  await measure('search partner_id.ref = x', () =>
    search([['partner_id.ref', '=', `C${random.whole(CUSTOMERS)}`]]),
  );
  await measure('search_count ref = x', () =>
    env.call('env.search_count', ORDER, [['ref', '=', `R${any()}`]]),
  );
  await measure('search_count total < 1%', () =>
    env.call('env.search_count', ORDER, [['total', '<', 10_000]]),
  );
  await measure('search_count of all', () => env.call('env.search_count', ORDER, []));
  await measure('search all, limit 50', () => search([], page));
  await measure('search all, order id desc, limit 50', () => search([], { ...page, order: 'id desc' }));
  await measure('search all, order total, limit 50', () => search([], { ...page, order: 'total' }));
  await measure('search all, order total desc, limit 50', () => search([], { ...page, order: 'total desc' }));
  await measure('search all, order total desc, id, limit 50', () =>
    search([], { ...page, order: 'total desc, id' }),
  );
  await measure('search state = x, not indexed, limit 50', () => search([['state', '=', 'done']], page));
  await measure('search name ilike what none has (all are read)', () =>
    search([['name', 'ilike', 'NOWHERE']]),
  );
}

async function changes(what: string, deps: CommitDeps): Promise<void> {
  const env = calledEnv(deps);
  const made = (n: number) => {
    const { partner_id, closed, ...values } = orderAt(n);
    return row({ ...values, partner_id, closed: new Date(closed) });
  };
  let next = 2 * count;
  const many = (length: number) =>
    Array.from({ length }, () => {
      next += 1;
      return made(next);
    });
  await measure(`${what}: create one`, () => env.call('env.create', ORDER, many(1)));
  await measure(`${what}: create 1,000`, () => env.call('env.create', ORDER, many(1000)));
  await measure(`${what}: write one`, (n) =>
    env.call('env.write', ORDER, [n + 1], row({ total: random.whole(1e6) })),
  );
}

async function openSqlite(): Promise<OpenedStore> {
  const hardening = await hostHardening();
  let file = '';
  const spawn = () => spawnReader(hardening, file);
  const store = openTestStore({ durability: 'relaxed', reads: { spawn, timeoutMs: 60_000 } });
  file = `${store.dir}/sluice.db`;
  return store;
}

async function openPostgres(place: string): Promise<OpenedStore> {
  const options = { url: place, chainKey: new Uint8Array(32).fill(7), readMs: 60_000 };
  const store = await openPostgresStore({ ...options, durability: 'relaxed' });
  return { store, close: () => store.close() };
}

const JOB = `export async function handle_button(data) {
  const began = Date.now();
  for (let n = 0; n < 100; n += 1) await env["${ORDER}"].search([["ref", "=", "R" + (data + n)]]);
  return (Date.now() - began) / 100;
}`;

const opened = url === undefined ? await openSqlite() : await openPostgres(url);
const works = await openTestRuntime({ store: opened.store, maxRecords: 64 * GB });
await deploy(works, 'shop', models(), JOB, '{type: button, name: GO}');
const filled = await timed(async () => {
  await fill(opened.store, CUSTOMER, CUSTOMERS, customerAt);
  await fill(opened.store, ORDER, count, orderAt);
});
console.log(`${count} records in ${(filled / 1000).toFixed(0)} s`);

const deps: CommitDeps = { ...recordDeps(opened.store), mostBytes: 64 * GB };
await searches(deps);
const inJob: number[] = [];
for (let n = 0; n < WARM + TIMES; n += 1)
  inJob.push(Number((await clickButton(works.runtime, 'shop', 'GO', n * 1000)).result));
console.log(
  `env.search ref = x in a job, whole round trip ${(inJob.slice(WARM).sort((a, b) => a - b)[TIMES / 2] ?? 0).toFixed(1)} ms`,
);
await changes('no trigger', deps);
await deploy(
  works,
  'watcher',
  '',
  'export function handle_db() {}',
  `{type: db, name: ANY, model: ${ORDER}, on: create_or_update, apply_on: [["total", ">=", 0]]}`,
);
const person = works.runtime.records(actor('manager'));
await measure('a db trigger fires: write one', (n) =>
  person.write(ORDER, n + 1, { total: random.whole(1e6) }),
);
const stop = await longestStop(() =>
  deploy(works, 'shop', models(', index: true'), JOB, '{type: button, name: GO}'),
);
console.log(`the server's thread stood still for ${stop.toFixed(0)} ms while an index on state was made`);

await works.close();
await opened.close();
