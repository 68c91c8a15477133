/** What methods of models, sets and links are given, checked where the server would speak of numbers of arguments only. */

type Options = Readonly<Record<string, unknown>>;

/** Whether it is an object of names and values, as a literal makes it. */
export function isPlainObject(value: unknown): value is Options {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Options of which all are known. Throws a TypeError that names another one. `where` is the function: `search`. */
export function readOptions(value: unknown, known: readonly string[], where: string): Options {
  if (value === undefined) return {};
  if (!isPlainObject(value)) throw new TypeError(`${where} takes its options as an object: { ${known[0]} }.`);
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown === undefined) return value;
  throw new TypeError(`${where} has no option "${unknown}"; there are ${known.join(', ')}.`);
}

/** Names of fields; null: as the server decides. */
export function readFields(value: unknown, where: string): readonly string[] | null {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value) && value.every((field) => typeof field === 'string')) return value;
  throw new TypeError(`${where} takes fields as a list of names: ["name", "email"].`);
}

/** Ids of records; one alone is a list of one. */
export function readIds(value: unknown, where: string): readonly number[] {
  const ids: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (ids.every(isId)) return ids;
  throw new TypeError(`${where} takes ids of records: whole numbers above 0.`);
}

const isId = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0;

/** A text that is not empty. `what` says what it is: `search_links: the relation`. */
export function readText(value: unknown, what: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new TypeError(`${what} is a text that is not empty.`);
}

/** A point in time; null when there is none. */
export function readDate(value: unknown, what: string): Date | null {
  if (value === undefined || value === null) return null;
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value;
  throw new TypeError(`${what} is a valid Date: new Date("2026-12-01T02:00:00Z").`);
}

/** Yes or no; no when it is not given. */
export function readFlag(value: unknown, what: string): boolean {
  if (value === undefined || typeof value === 'boolean') return value ?? false;
  throw new TypeError(`${what} is true or false.`);
}
