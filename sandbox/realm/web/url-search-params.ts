import { decodeForm, encodeForm, type Pair } from './form-urlencoded.ts';
import { isObject, pairsOf } from './pairs.ts';

const wellFormed = (value: unknown): string => `${value}`.toWellFormed();

const parseQuery = (query: string): Pair[] => decodeForm(query.startsWith('?') ? query.slice(1) : query);

function pairsFrom(init: unknown): Pair[] {
  if (init === undefined) return [];
  if (!isObject(init)) return parseQuery(`${init}`);
  return pairsOf(init, 'URLSearchParams').map(([name, value]) => [wellFormed(name), wellFormed(value)]);
}

/** Names the URL that changes along with these params. */
export let watchParams: (params: URLSearchParams, changed: (query: string) => void) => URLSearchParams;
/** Replaces the pairs because the URL changed; the URL is not told. */
export let setQuery: (params: URLSearchParams, query: string) => void;

export class URLSearchParams {
  #pairs: Pair[];
  #changed: ((query: string) => void) | null = null;

  static {
    watchParams = (params, changed) => {
      params.#changed = changed;
      return params;
    };
    setQuery = (params, query) => {
      params.#pairs = parseQuery(query);
    };
  }

  constructor(init?: unknown) {
    this.#pairs = pairsFrom(init);
  }

  get size(): number {
    return this.#pairs.length;
  }

  append(name: unknown, value: unknown): void {
    this.#pairs.push([wellFormed(name), wellFormed(value)]);
    this.#changed?.(this.toString());
  }

  delete(name: unknown, value?: unknown): void {
    const matches = matcher(name, value);
    this.#pairs = this.#pairs.filter((pair) => !matches(pair));
    this.#changed?.(this.toString());
  }

  get(name: unknown): string | null {
    return this.#pairs.find(matcher(name))?.[1] ?? null;
  }

  getAll(name: unknown): string[] {
    return this.#pairs.filter(matcher(name)).map(([, value]) => value);
  }

  has(name: unknown, value?: unknown): boolean {
    return this.#pairs.some(matcher(name, value));
  }

  /** Replaces the first pair of that name, removes the others. */
  set(name: unknown, value: unknown): void {
    const matches = matcher(name);
    const pair: Pair = [wellFormed(name), wellFormed(value)];
    const first = this.#pairs.findIndex(matches);
    if (first === -1) this.#pairs.push(pair);
    else this.#pairs[first] = pair;
    this.#pairs = this.#pairs.filter((known) => known === pair || !matches(known));
    this.#changed?.(this.toString());
  }

  /** By name in the order of UTF-16 units; pairs of one name keep their order. */
  sort(): void {
    this.#pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    this.#changed?.(this.toString());
  }

  forEach(visit: (value: string, name: string, params: URLSearchParams) => void, self?: unknown): void {
    if (typeof visit !== 'function') throw new TypeError('URLSearchParams.forEach takes a function');
    for (const [name, value] of this) Reflect.apply(visit, self, [value, name, this]);
  }

  *entries(): Generator<[string, string], undefined> {
    // By index: a walk sees the changes that are made during it.
    for (let at = 0; at < this.#pairs.length; at += 1) {
      const pair = this.#pairs[at];
      if (pair) yield [pair[0], pair[1]];
    }
  }

  *keys(): Generator<string, undefined> {
    for (const [name] of this.entries()) yield name;
  }

  *values(): Generator<string, undefined> {
    for (const [, value] of this.entries()) yield value;
  }

  [Symbol.iterator](): Generator<[string, string], undefined> {
    return this.entries();
  }

  toString(): string {
    return encodeForm(this.#pairs);
  }

  get [Symbol.toStringTag](): string {
    return 'URLSearchParams';
  }
}

function matcher(name: unknown, value?: unknown): (pair: Pair) => boolean {
  const wantedName = wellFormed(name);
  if (value === undefined) return (pair) => pair[0] === wantedName;
  const wantedValue = wellFormed(value);
  return (pair) => pair[0] === wantedName && pair[1] === wantedValue;
}
