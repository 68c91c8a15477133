import { isObject, pairsOf } from './pairs.ts';

type Pair = readonly [name: string, value: string];

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** NUL, line breaks, and what is no byte. */
const NOT_A_VALUE = /[\0\n\r]|[^\0-\xff]/;

const isSpace = (code: number): boolean => code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;

function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start += 1;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function checkedName(value: unknown): string {
  const name = `${value}`;
  if (!TOKEN.test(name)) throw new TypeError(`"${name}" is not a header name`);
  return name.toLowerCase();
}

/** The message leaves the value out: it may be a secret. */
function checkedValue(name: string, value: unknown): string {
  const text = trim(`${value}`);
  if (NOT_A_VALUE.test(text))
    throw new TypeError(`The value of the header "${name}" has a character that is not allowed`);
  return text;
}

/** The pairs as they were given, names in lower case. */
export let rawHeaders: (headers: Headers) => Pair[];
/** From now on a change is a TypeError, as in responses of `fetch`. */
export let lockHeaders: (headers: Headers) => Headers;

export class Headers {
  #pairs: Pair[] = [];
  #locked = false;

  static {
    rawHeaders = (headers) => headers.#pairs.map(([name, value]) => [name, value]);
    lockHeaders = (headers) => {
      headers.#locked = true;
      return headers;
    };
  }

  constructor(init?: unknown) {
    if (init === undefined) return;
    if (!isObject(init)) throw new TypeError('Headers takes pairs, an object or Headers');
    const pairs = init instanceof Headers ? init.#pairs : pairsOf(init, 'Headers');
    for (const [name, value] of pairs) this.append(name, value);
  }

  #writable(): void {
    if (this.#locked) throw new TypeError('These headers cannot be changed');
  }

  append(name: unknown, value: unknown): void {
    const key = checkedName(name);
    const text = checkedValue(key, value);
    this.#writable();
    this.#pairs.push([key, text]);
  }

  delete(name: unknown): void {
    const key = checkedName(name);
    this.#writable();
    this.#pairs = this.#pairs.filter(([known]) => known !== key);
  }

  /** All values of that name, joined by a comma; null without one. */
  get(name: unknown): string | null {
    const key = checkedName(name);
    const values = this.#pairs.filter(([known]) => known === key).map(([, value]) => value);
    return values.length === 0 ? null : values.join(', ');
  }

  getSetCookie(): string[] {
    return this.#pairs.filter(([name]) => name === 'set-cookie').map(([, value]) => value);
  }

  has(name: unknown): boolean {
    const key = checkedName(name);
    return this.#pairs.some(([known]) => known === key);
  }

  /** Takes the place of the first header of that name. */
  set(name: unknown, value: unknown): void {
    const key = checkedName(name);
    const pair: Pair = [key, checkedValue(key, value)];
    this.#writable();
    const first = this.#pairs.findIndex(([known]) => known === key);
    if (first === -1) {
      this.#pairs.push(pair);
      return;
    }
    this.#pairs[first] = pair;
    this.#pairs = this.#pairs.filter(([known], at) => at <= first || known !== key);
  }

  /** Sorted by name, one pair for each; cookies stay apart. */
  #combined(): Pair[] {
    const values = new Map<string, string[]>();
    for (const [name, value] of this.#pairs) {
      const known = values.get(name);
      if (known) known.push(value);
      else values.set(name, [value]);
    }
    return [...values.keys()].sort().flatMap((name): Pair[] => {
      const list = values.get(name) ?? [];
      return name === 'set-cookie' ? list.map((value): Pair => [name, value]) : [[name, list.join(', ')]];
    });
  }

  forEach(visit: (value: string, name: string, headers: Headers) => void, self?: unknown): void {
    if (typeof visit !== 'function') throw new TypeError('Headers.forEach takes a function');
    for (const [name, value] of this) Reflect.apply(visit, self, [value, name, this]);
  }

  *entries(): Generator<[string, string], undefined> {
    for (const [name, value] of this.#combined()) yield [name, value];
  }

  *keys(): Generator<string, undefined> {
    for (const [name] of this.#combined()) yield name;
  }

  *values(): Generator<string, undefined> {
    for (const [, value] of this.#combined()) yield value;
  }

  [Symbol.iterator](): Generator<[string, string], undefined> {
    return this.entries();
  }

  get [Symbol.toStringTag](): string {
    return 'Headers';
  }
}
