import type { ReadTerms } from '../../store/read-terms.ts';
import type { RecordStore } from '../../store/record-store.ts';
import type { Turns } from '../../turns.ts';
import { LARGEST_ANSWER, LONGEST_NAME } from '../bounds.ts';
import type { ResolvedDomain } from '../domain/condition.ts';
import { MAGIC_FIELDS } from '../magic-fields.ts';
import { partsOf, type Sizes, sizesOf } from './read-rows.ts';

/** To find the name, a database reads all values of a record: those of larger ones are read where nobody waits, in bytes. */
const LARGE = 16_384;

export type NameStore = Pick<
  RecordStore,
  'loadModel' | 'getRecordSizes' | 'getRecordNames' | 'searchRecords'
>;

export interface HowToRead {
  readonly turns: Turns;
  /** Of reads of what is large. */
  readonly terms: ReadTerms;
}

/** What records of a model are called, by id; without those that are not there. Long names are cut. */
export async function namesOf(
  store: NameStore,
  model: string,
  ids: readonly number[],
  { turns, terms }: HowToRead,
): Promise<ReadonlyMap<number, string>> {
  const sizes = await sizesOf(store, model, ids, turns);
  const names = new Map<number, string>();
  for (const { ids: part, bytes } of partsOf(new Map([...sizes].filter(([, size]) => size <= LARGE)))) {
    for (const [id, name] of await store.getRecordNames(model, part)) names.set(id, name);
    await turns.spend(bytes);
  }
  const large = new Map([...sizes].filter(([, size]) => size > LARGE));
  for (const [id, name] of await namesOfLarge(store, model, large, terms)) names.set(id, name);
  return new Map([...names].map(([id, name]) => [id, name.slice(0, LONGEST_NAME).toWellFormed()]));
}

/** As many at once as an answer may bring: all of a record can be its name. */
async function namesOfLarge(
  store: NameStore,
  name: string,
  sizes: Sizes,
  terms: ReadTerms,
): Promise<ReadonlyMap<number, string>> {
  const names = new Map<number, string>();
  const model = await store.loadModel(name);
  const field = MAGIC_FIELDS.get('id');
  if (model === undefined || field === undefined) return names;
  for (const { ids } of partsOf(sizes, LARGEST_ANSWER)) {
    const test = { kind: 'one_of', values: ids } as const;
    const domain: ResolvedDomain = { kind: 'leaf', leaf: { steps: [], field, test, orNull: false } };
    const search = { model: model.number, domain, order: [{ field, descending: false }] };
    const page = { limit: ids.length, offset: 0, fields: ['name'], most_bytes: LARGEST_ANSWER };
    for (const { id, values } of await store.searchRecords(search, page, terms)) {
      names.set(id, String(values.name ?? '').slice(0, LONGEST_NAME));
    }
  }
  return names;
}
