import type { Catalog } from '../catalog.ts';
import type { Clock } from '../clock.ts';
import type { News } from '../store/node-store.ts';
import type { Store } from '../store/store.ts';
import { isStoreUnavailable } from '../store/store-unavailable.ts';
import { Trouble } from '../trouble.ts';

/** News may be lost; so often the marks of all projects are compared. */
const COMPARE_EVERY_MS = 3_000;
/** Projects of which news waits to be taken up. Of more all marks are compared: everybody in the database may tell of any number. */
const MOST_TOLD = 100;

export interface NeighboursDeps {
  readonly store: Pick<Store, 'isShared' | 'projectMarks' | 'tellOthers' | 'watchOthers'>;
  readonly catalog: Pick<Catalog, 'refresh'>;
  readonly clock: Clock;
  /** Called when a project has changed elsewhere, once it is known here. */
  changed(slug: string): Promise<unknown>;
  /** Somebody wishes jobs to end. */
  wished(): void;
  /** Tells the worker that there is something to do. */
  wake(): void;
  /** Told to the operator. */
  report(message: string): void;
}

/**
 * Keeps this process in step with the others that share its store. What they tell is taken up at once; what was missed is
 * found by looking:
 *
 *     a project changed    read again, planned again; by looking: its mark is another one
 *     a job is queued      the worker claims; by looking: it looks every 5 seconds at least, and takes back what leases lost
 *     a job shall end      the wishes in the store are carried out; by looking: after each renewal of the leases
 *
 * Of a store that is one process's own it does nothing.
 */
export class Neighbours {
  readonly #deps: NeighboursDeps;
  readonly #trouble: Trouble;
  #marks = new Map<string, string>();
  /** Projects that have changed, by news that is not taken up yet. */
  readonly #told = new Set<string>();
  #comparing: Promise<void> = Promise.resolve();
  #stopWatching = () => {};
  #stopTimer = () => {};
  #stopped = false;

  constructor(deps: NeighboursDeps) {
    this.#deps = deps;
    this.#trouble = new Trouble(deps.report);
  }

  /** To be called before the catalog is loaded, so that nothing is changed unseen in between. */
  async start(): Promise<void> {
    const { store } = this.#deps;
    if (!store.isShared) return;
    this.#marks = await this.#readMarks();
    this.#stopWatching = store.watchOthers((news) => this.#hear(news));
    this.#sleep();
  }

  /** Resolves when nothing is being read. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopWatching();
    this.#stopTimer();
    await this.#comparing;
  }

  /** Never rejects: who is not told finds out by looking. */
  async tell(news: News): Promise<void> {
    const { store } = this.#deps;
    if (store.isShared) await store.tellOthers(news).catch(() => {});
  }

  #hear(news: News): void {
    switch (news.kind) {
      case 'project':
        if (this.#told.size === 0) this.#inTurn(() => this.#takeTold());
        if (this.#told.size <= MOST_TOLD) this.#told.add(news.slug);
        return;
      case 'queued':
        this.#deps.wake();
        return;
      case 'cancel':
        this.#deps.wished();
        return;
      case 'missed':
        this.#inTurn(() => this.#compare());
        this.#deps.wake();
        this.#deps.wished();
    }
  }

  #sleep(): void {
    this.#stopTimer = this.#deps.clock.after(COMPARE_EVERY_MS, () => {
      void this.#inTurn(() => this.#compare()).then(() => {
        if (!this.#stopped) this.#sleep();
      });
    });
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#comparing = this.#comparing
      .then(() => (this.#stopped ? undefined : work()))
      .then(
        () => this.#trouble.went(),
        (error: unknown) => this.#trouble.failed('What other nodes changed cannot be read', error),
      );
    return this.#comparing;
  }

  async #compare(): Promise<void> {
    const marks = await this.#readMarks();
    const slugs = new Set([...marks.keys(), ...this.#marks.keys()]);
    const changed = [...slugs].filter((slug) => marks.get(slug) !== this.#marks.get(slug));
    await this.#takeEach(changed, (slug) => {
      const mark = marks.get(slug);
      if (mark === undefined) this.#marks.delete(slug);
      else this.#marks.set(slug, mark);
    });
  }

  async #takeTold(): Promise<void> {
    const told = [...this.#told];
    this.#told.clear();
    await (told.length > MOST_TOLD ? this.#compare() : this.#takeEach(told));
  }

  /** One that cannot be read keeps none of the others from being taken up; rejects then with what was wrong. */
  async #takeEach(slugs: readonly string[], taken: (slug: string) => void = () => {}): Promise<void> {
    const failed: unknown[] = [];
    for (const slug of slugs) {
      try {
        if ((await this.#deps.catalog.refresh(slug)) !== undefined) await this.#deps.changed(slug);
        taken(slug);
      } catch (error) {
        if (isStoreUnavailable(error)) throw error;
        failed.push(error);
      }
    }
    if (failed.length > 0) throw failed[0];
  }

  async #readMarks(): Promise<Map<string, string>> {
    const marks = await this.#deps.store.projectMarks();
    return new Map(marks.map(({ slug, mark }) => [slug, mark]));
  }
}
