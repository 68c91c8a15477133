import { afterEach, describe, expect, it } from 'vitest';
import type { DbTrigger } from '../../../../runtime/project/manifest.ts';
import { dbTrigger, declaredField, deployDbProject } from '../../../support/db-project.ts';
import { createRandom, type Random } from '../../../support/fuzz/random.ts';
import { type CalledEnv, calledEnv, recordDeps, row } from '../../../support/records.ts';
import { RecordsModel } from '../../../support/records-model.ts';
import { type OpenedStore, TEST_STORES } from '../../../support/stores.ts';
import { pagesOf } from '../../store/conformance/harness.ts';

/** With SLUICE_FUZZ_SEED a round happens again, as far as the order of commits lets it. */
const first = Number(process.env.SLUICE_FUZZ_SEED ?? 1);
const MODEL = 'x.random';
const SESSIONS = 5;
const STEPS = 60;
const FIELDS = ['n', 's', 'hits', ...Array.from({ length: SESSIONS }, (_, n) => `own${n}`)];
const models = [
  {
    name: MODEL,
    strict: true,
    fields: FIELDS.map((name) => declaredField(name, name === 's' ? 'char' : 'integer')),
  },
];

let opened: OpenedStore | undefined;
afterEach(() => opened?.close());

const sometimes = (random: Random, of: number) => random.whole(of) === 0;
const randomValues = (random: Random): Record<string, unknown> => ({
  n: random.pick([null, 0, 1, 2, 3, 4, 5, 6, 7, 8]),
  ...(sometimes(random, 2) ? { s: random.pick([null, 'a', 'b', 'c']) } : {}),
});

function randomTrigger(random: Random, index: number): DbTrigger {
  const term = () =>
    random.pick([
      ['n', random.pick(['=', '!=', '>']), random.whole(8)],
      ['s', random.pick(['=', '!=']), random.pick(['a', 'b', 'c'])],
      ['hits', '>', random.whole(5)],
    ]);
  return dbTrigger(`T${index}`, MODEL, {
    on: random.pick(['create', 'update', 'create_or_update', 'delete']),
    watched_fields: sometimes(random, 2) ? [random.pick(FIELDS)] : [],
    apply_on: sometimes(random, 3) ? [] : [term()],
    before_update: sometimes(random, 2) ? [term()] : [],
  });
}

/** What one session was promised: by id how often it counted up, and the last value of its own field. */
interface Promised {
  readonly hits: Map<number, number>;
  readonly own: Map<number, number>;
}

/** One job that does things by chance, one after the other. */
class RandomSession {
  readonly promised: Promised = { hits: new Map(), own: new Map() };
  readonly unexpected: string[] = [];
  readonly #env: CalledEnv;
  readonly #random: Random;
  readonly #own: string;
  readonly #ids: number[];
  #last = 0;

  constructor(env: CalledEnv, random: Random, number: number, ids: number[]) {
    this.#env = env;
    this.#random = random;
    this.#own = `own${number}`;
    this.#ids = ids;
  }

  async run(): Promise<void> {
    for (let step = 0; step < STEPS; step += 1) {
      try {
        if (sometimes(this.#random, 3)) await this.#transaction();
        else await this.#once();
      } catch (error) {
        const name = error instanceof Error ? error.name : String(error);
        if (name !== 'MissingError' && name !== 'RetryableJobError') this.unexpected.push(String(error));
      }
    }
  }

  async #transaction(): Promise<void> {
    const tx = await this.#env.call('env.begin');
    const kept: (() => void)[] = [];
    try {
      for (let step = 1 + this.#random.whole(4); step > 0; step -= 1) kept.push(await this.#step(tx));
    } catch (error) {
      await this.#env.call('env.rollback', tx);
      throw error;
    }
    if (sometimes(this.#random, 6)) {
      await this.#env.call('env.rollback', tx);
      return;
    }
    await this.#env.call('env.commit', tx);
    for (const keep of kept) keep();
  }

  async #once(): Promise<void> {
    const keep = await this.#change(undefined);
    keep();
  }

  #step(tx: unknown): Promise<() => void> {
    return sometimes(this.#random, 2) ? this.#countUp(tx) : this.#change(tx);
  }

  /** What is to be remembered of it once it is committed. */
  async #change(tx: unknown): Promise<() => void> {
    const random = this.#random;
    switch (this.#ids.length < 5 ? 0 : random.whole(10)) {
      case 0:
      case 1: {
        // More than a few are written in parts.
        const rows = Array.from({ length: 1 + random.whole(8) }, () => row(randomValues(random)));
        const made = await this.#env.records('env.create', MODEL, rows, tx);
        return () => this.#ids.push(...made.map(({ id }) => id));
      }
      case 2: {
        await this.#env.call('env.unlink', MODEL, [random.pick(this.#ids)], tx);
        return () => {};
      }
      case 3:
      case 4:
      case 5: {
        const id = random.pick(this.#ids);
        this.#last += 1;
        const value = this.#last;
        await this.#env.call('env.write', MODEL, [id], row({ [this.#own]: value }), tx);
        return () => this.promised.own.set(id, value);
      }
      case 6: {
        const found = await this.#env.records('env.search', MODEL, [['n', '=', random.whole(8)]], {}, tx);
        const ids = found.slice(0, 12).map(({ id }) => id);
        if (ids.length > 0) await this.#env.call('env.write', MODEL, ids, row(randomValues(random)), tx);
        return () => {};
      }
      default: {
        await this.#env.call('env.write', MODEL, [random.pick(this.#ids)], row(randomValues(random)), tx);
        return () => {};
      }
    }
  }

  /** Reads and writes what it read plus one. */
  async #countUp(tx: unknown): Promise<() => void> {
    if (this.#ids.length === 0) return () => {};
    const id = this.#random.pick(this.#ids);
    const [seen] = await this.#env.records('env.read', MODEL, [id], ['hits'], tx);
    await this.#env.call('env.write', MODEL, [id], row({ hits: Number(seen?.hits ?? 0) + 1 }), tx);
    return () => this.promised.hits.set(id, (this.promised.hits.get(id) ?? 0) + 1);
  }
}

describe.each(TEST_STORES)(
  'several jobs that change the same records of %s by chance',
  (_name, openStore) => {
    it.each([first, first + 1, first + 2, first + 3])(
      'leave what each was promised, and the jobs that the committed events start: seed %i',
      { timeout: 120_000 },
      async (seed) => {
        opened = await openStore();
        const random = createRandom(seed);
        const triggers = Array.from({ length: 6 }, (_, index) => randomTrigger(random, index));
        const live = await deployDbProject(opened.store, triggers, models);
        const model = new RecordsModel(triggers);
        const store = model.follow(opened.store);
        const found = [...live.triggersByName.values()].map((trigger) => ({ project: live, trigger }));
        const deps = { ...recordDeps(store), catalog: { dbTriggers: () => found } };
        const ids: number[] = [];
        const sessions = Array.from(
          { length: SESSIONS },
          (_, number) => new RandomSession(calledEnv(deps), createRandom(seed * 1000 + number), number, ids),
        );
        await Promise.all(sessions.map((session) => session.run()));

        expect(sessions.flatMap(({ unexpected }) => unexpected)).toEqual([]);
        expect(model.problems).toEqual([]);
        expect(model.written).toBeGreaterThan(100);
        expect(model.conflicts).toBeGreaterThan(0);

        const rows = await opened.store.getRecords(MODEL, ids);
        expect(rows.map(({ id, version, values }) => [id, { version, values }])).toEqual(
          [...model.records].toSorted(([one], [other]) => one - other),
        );
        for (const { id, values } of rows) {
          const hits = sessions.reduce((sum, { promised }) => sum + (promised.hits.get(id) ?? 0), 0);
          expect([id, values.hits ?? 0]).toEqual([id, hits]);
          for (const [number, { promised }] of sessions.entries()) {
            expect([id, values[`own${number}`]]).toEqual([id, promised.own.get(id)]);
          }
        }
        const { listJobs } = opened.store;
        const pages = await pagesOf((after) =>
          listJobs({}, { limit: 1000, ...(after === undefined ? {} : { after }) }),
        );
        const jobs = pages.flat().map(({ id }) => id);
        expect(jobs.toSorted()).toEqual([...model.jobs].toSorted());
      },
    );
  },
);
