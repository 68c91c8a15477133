import { Blob, bytesOfBlob, File } from './blob.ts';

type Value = string | File;
export type FormEntry = readonly [name: string, value: Value];

const wellFormed = (value: unknown): string => `${value}`.toWellFormed();

function entryOf(name: unknown, value: unknown, filename: unknown): FormEntry {
  if (!(value instanceof Blob)) {
    if (filename !== undefined) throw new TypeError('FormData takes a file name only for a Blob');
    return [wellFormed(name), wellFormed(value)];
  }
  if (value instanceof File && filename === undefined) return [wellFormed(name), value];
  const file = new File([bytesOfBlob(value)], filename ?? 'blob', { type: value.type });
  return [wellFormed(name), file];
}

export class FormData {
  #entries: FormEntry[] = [];

  constructor(form?: unknown) {
    if (form !== undefined) throw new TypeError('FormData takes no form here; use append');
  }

  append(name: unknown, value: unknown, filename?: unknown): void {
    this.#entries.push(entryOf(name, value, filename));
  }

  delete(name: unknown): void {
    const key = wellFormed(name);
    this.#entries = this.#entries.filter(([known]) => known !== key);
  }

  get(name: unknown): Value | null {
    return this.getAll(name)[0] ?? null;
  }

  getAll(name: unknown): Value[] {
    const key = wellFormed(name);
    return this.#entries.filter(([known]) => known === key).map(([, value]) => value);
  }

  has(name: unknown): boolean {
    const key = wellFormed(name);
    return this.#entries.some(([known]) => known === key);
  }

  /** Takes the place of the first entry of that name, removes the others. */
  set(name: unknown, value: unknown, filename?: unknown): void {
    const entry = entryOf(name, value, filename);
    const first = this.#entries.findIndex(([known]) => known === entry[0]);
    if (first === -1) {
      this.#entries.push(entry);
      return;
    }
    this.#entries[first] = entry;
    this.#entries = this.#entries.filter((known, at) => at <= first || known[0] !== entry[0]);
  }

  forEach(visit: (value: Value, name: string, form: FormData) => void, self?: unknown): void {
    if (typeof visit !== 'function') throw new TypeError('FormData.forEach takes a function');
    for (const [name, value] of this) Reflect.apply(visit, self, [value, name, this]);
  }

  *entries(): Generator<[string, Value], undefined> {
    // By index: a walk sees the changes that are made during it.
    for (let at = 0; at < this.#entries.length; at += 1) {
      const entry = this.#entries[at];
      if (entry) yield [entry[0], entry[1]];
    }
  }

  *keys(): Generator<string, undefined> {
    for (const [name] of this.entries()) yield name;
  }

  *values(): Generator<Value, undefined> {
    for (const [, value] of this.entries()) yield value;
  }

  [Symbol.iterator](): Generator<[string, Value], undefined> {
    return this.entries();
  }

  get [Symbol.toStringTag](): string {
    return 'FormData';
  }
}
