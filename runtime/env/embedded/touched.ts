import type { RecordRow, StoredValue, StoredValues } from '../../store/record-store.ts';

/** A record that was seen or changed here. `before`: as the store has it; null: it is not there. `after`: null: it is not there any more. */
export interface Touched {
  readonly id: number;
  readonly before: RecordRow | null;
  after: StoredValues | null;
  files: ReadonlyMap<string, Uint8Array | null>;
  /** Fields whose values differ, for a record that is there before and after. */
  changed: readonly string[];
  /** What `after` and `files` take, as far as they were made here, in bytes. */
  bytes: number;
}

/** One that is made here. */
export const newRecord = (id: number): Touched => ({
  id,
  before: null,
  after: null,
  files: new Map(),
  changed: [],
  bytes: 0,
});

/** Whether it is to be written. */
export function isChanged({ before, after, files, changed }: Touched): boolean {
  if (before === null) return after !== null;
  return after === null || files.size > 0 || changed.length > 0;
}

/** Names of the fields whose values differ. Values are compared as JSON, so the order of keys in a json field counts. */
export function changedFields(before: StoredValues, after: StoredValues): readonly string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => !isSame(ownValue(before, name), ownValue(after, name)));
}

const ownValue = (values: StoredValues, name: string): StoredValue | undefined =>
  Object.hasOwn(values, name) ? values[name] : undefined;

const isSame = (one: StoredValue | undefined, other: StoredValue | undefined): boolean =>
  one === other || (typeof one === 'object' && JSON.stringify(one) === JSON.stringify(other));
