/** What the constructors of Headers and URLSearchParams accept beside text: an iterable of pairs, or an object's own properties. */

export const isObject = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';

function isIterable(value: object): value is Iterable<unknown> {
  const method: unknown = Reflect.get(value, Symbol.iterator);
  return method !== undefined && method !== null;
}

function pairOf(entry: unknown, what: string): [string, string] {
  if (!isObject(entry) || !isIterable(entry))
    throw new TypeError(`${what}: each entry must be a [name, value] pair`);
  const parts = [...entry];
  if (parts.length !== 2) throw new TypeError(`${what}: each entry must hold a name and a value`);
  return [`${parts[0]}`, `${parts[1]}`];
}

export function pairsOf(init: object, what: string): [string, string][] {
  if (isIterable(init)) return Array.from(init, (entry) => pairOf(entry, what));
  const pairs: [string, string][] = [];
  for (const key of Reflect.ownKeys(init)) {
    if (Reflect.getOwnPropertyDescriptor(init, key)?.enumerable !== true) continue;
    if (typeof key === 'symbol') throw new TypeError(`${what}: a name must not be a symbol`);
    pairs.push([key, `${Reflect.get(init, key)}`]);
  }
  return pairs;
}
