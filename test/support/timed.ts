import type { LiveProject } from '../../runtime/live-project.ts';
import type { DbTrigger } from '../../runtime/project/manifest.ts';
import type { ModelDeclaration, StoredValues } from '../../runtime/store/record-store.ts';
import type { Store } from '../../runtime/store/store.ts';
import { TimedTriggers } from '../../runtime/timed/timed-triggers.ts';
import { dbTrigger, declaredField, deployDbProject } from './db-project.ts';
import { FakeClock } from './fake-clock.ts';
import { openAgain, openTestStore } from './store.ts';
import { until } from './wait-for.ts';

export const MODEL = 'x.timed';
const OTHER = 'x.other';
const MINUTE = 60_000;

const timed = (name: string, { model = MODEL, ...changes }: Partial<DbTrigger>): DbTrigger =>
  dbTrigger(name, model, { on: 'time', field: 'at', delay: 0, direction: 'after', ...changes });

const models: readonly ModelDeclaration[] = [
  {
    name: MODEL,
    strict: false,
    fields: [declaredField('at', 'datetime'), declaredField('day', 'date'), declaredField('n', 'integer')],
  },
  { name: OTHER, strict: false, fields: [declaredField('at', 'datetime')] },
];

/** Which records a job was given, by `n`. */
export interface Fired {
  readonly trigger: string;
  readonly given: readonly unknown[];
}

/** Timed triggers on a real store with a clock of their own, and with nobody who runs their jobs. */
export class TimedTest {
  readonly clock = new FakeClock();
  readonly reports: string[] = [];
  readonly #opened = openTestStore();
  #store: Store = this.#opened.store;
  #live: LiveProject | undefined;
  #running: TimedTriggers[] = [];
  #ids = 0;

  get store(): Store {
    return this.#store;
  }

  /** Deploys these triggers, which are looked at from then on. */
  async deploy(triggers: Readonly<Record<string, Partial<DbTrigger>>>): Promise<void> {
    // Without any trigger nobody looks, and nobody can be waited for.
    const all = { ...triggers, NEVER: { model: OTHER } };
    const specs = Object.entries(all).map(([name, changes]) => timed(name, changes));
    const live = await deployDbProject(this.#store, specs, models, this.#live?.version.number);
    this.#live = live;
    for (const running of this.#running) await running.plan('demo');
  }

  /** Starts what looks; more than once: several that look at the same store. */
  async start(store = this.#store): Promise<void> {
    const running = new TimedTriggers({
      store,
      catalog: { list: () => (this.#live === undefined ? [] : [this.#live]), get: () => this.#live },
      clock: this.clock,
      lookAgain: async () => {},
      wake() {},
      report: (message) => this.reports.push(message),
    });
    this.#running.push(running);
    await running.start();
    // What is made from now on is later than the plans.
    this.clock.advance(1);
  }

  /** Ends all that look, as a server that stops. */
  async stop(): Promise<void> {
    await Promise.all(this.#running.map((running) => running.stop()));
    this.#running = [];
  }

  /** Ends the server and starts another one on its data. */
  async restart(): Promise<void> {
    await this.stop();
    await this.#store.close();
    this.#store = openAgain(this.#opened);
    await this.start();
  }

  /** Makes records with these values; gives their ids. */
  async make(...rows: readonly StoredValues[]): Promise<readonly number[]> {
    const ids = rows.map((_, index) => this.#ids + index + 1);
    this.#ids += rows.length;
    await this.#commit(rows.map((values, index) => ({ id: ids[index] ?? 0, expected: null, values })));
    return ids;
  }

  /** Writes other values to a record. */
  async write(id: number, values: StoredValues): Promise<void> {
    const [row] = await this.#store.getRecords(MODEL, [id]);
    await this.#commit([{ id, expected: row?.version ?? null, values }]);
  }

  /** An instant so many milliseconds from now, as it is kept. */
  at(ms: number): string {
    return new Date(this.clock.now() + ms).toISOString();
  }

  /** So much time goes by, and the looks after it are over. */
  async pass(ms = 2 * MINUTE): Promise<void> {
    const atRest = () => this.clock.waiting === this.#running.length;
    await until('all are at rest', atRest, 30_000);
    this.clock.advance(ms);
    await until('all have looked', atRest, 30_000);
  }

  /** What was started so far, the oldest first. */
  async fired(): Promise<readonly Fired[]> {
    const jobs = (await this.#store.listJobs({}, { limit: 1000 })).items.toReversed();
    return jobs.map(({ trigger, args }) => {
      const { text } = JSON.parse(args ?? '{}') as { readonly text: string };
      const { records } = JSON.parse(text) as { readonly records: readonly { readonly n: unknown }[] };
      return { trigger, given: records.map(({ n }) => n) };
    });
  }

  /** Numbers of the records that jobs of a trigger were given. */
  async given(trigger: string): Promise<readonly unknown[]> {
    return (await this.fired()).filter((job) => job.trigger === trigger).flatMap(({ given }) => given);
  }

  /** Error lines of triggers. */
  async lines(): Promise<readonly string[]> {
    return (await this.#store.listLogs({ level: 'error' }, { limit: 100 })).items.map(
      ({ message }) => message,
    );
  }

  async close(): Promise<void> {
    await this.stop();
    if (this.#store !== this.#opened.store) await this.#store.close();
    await this.#opened.close();
  }

  async #commit(
    changes: readonly {
      readonly id: number;
      readonly expected: number | null;
      readonly values: StoredValues;
    }[],
  ): Promise<void> {
    for (let first = 0; first < changes.length; first += 2000) {
      const part = changes.slice(first, first + 2000);
      const written = await this.#store.commitRecords({
        at: this.clock.now(),
        user: '{"id":null,"name":"test"}',
        changes: part.map((change) => ({ ...change, model: MODEL, files: new Map() })),
        learned: new Map(),
        jobs: [],
        logs: [],
        most_bytes: 1024 ** 3,
      });
      if (written.kind !== 'written') throw new Error(`Not written: ${written.kind}.`);
    }
  }
}
