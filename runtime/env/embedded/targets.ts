import type { RecordStore } from '../../store/record-store.ts';
import type { Turns } from '../../turns.ts';
import { sizesOf } from './read-rows.ts';

/** What asking for one record costs, in units of turns. */
const OF_EACH = 500;

/** Records that others refer to: which of them are there. Each is asked for once. */
export class Targets {
  readonly #store: Pick<RecordStore, 'getRecordSizes'>;
  readonly #turns: Turns;
  /** Ids of those that are there, by model. */
  readonly #there = new Map<string, Set<number>>();

  constructor(store: Pick<RecordStore, 'getRecordSizes'>, turns: Turns) {
    this.#store = store;
    this.#turns = turns;
  }

  /** Asks for many by few statements: a database may be far away. */
  async see(model: string, ids: Iterable<number>): Promise<void> {
    const there = this.#of(model);
    const unseen = [...new Set(ids)].filter((id) => !there.has(id));
    for (const id of (await sizesOf(this.#store, model, unseen, this.#turns)).keys()) there.add(id);
  }

  async isThere(model: string, id: number): Promise<boolean> {
    const there = this.#of(model);
    if (there.has(id)) return true;
    await this.#turns.spend(OF_EACH);
    if (!(await this.#store.getRecordSizes(model, [id])).has(id)) return false;
    there.add(id);
    return true;
  }

  #of(model: string): Set<number> {
    const there = this.#there.get(model) ?? new Set<number>();
    this.#there.set(model, there);
    return there;
  }
}
