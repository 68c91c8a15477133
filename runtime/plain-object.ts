/** Names of an object's values that a caller may give at most. */
const MOST_KEYS = 1000;

/**
 * Whether it is an object of names and values, and of no more than somebody would write. What crossed may also be bytes, of which
 * each one would be taken for a value with a name of its own.
 */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  let keys = 0;
  for (const _key in value) {
    keys += 1;
    if (keys > MOST_KEYS) return false;
  }
  return true;
}
