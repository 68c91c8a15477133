import type { KeyCheck } from '../key-store.ts';

/** Ids of keys that are needed and are not among `keys`, in order. `inUse`: with their check values; `sealing`: ids alone, of what is sealed now. */
export function keysLacking(
  keys: readonly KeyCheck[],
  inUse: readonly KeyCheck[],
  sealing: readonly string[],
): readonly string[] {
  const known = new Map(keys.map(({ id, check_value }) => [id, check_value]));
  const other = inUse.filter(({ id, check_value }) => known.get(id) !== check_value).map(({ id }) => id);
  const missing = sealing.filter((id) => !known.has(id));
  return [...new Set([...other, ...missing])].sort();
}
