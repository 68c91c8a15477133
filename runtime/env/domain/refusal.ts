/** Of a value in a message, in characters. */
const LONGEST = 120;
const MOST_ITEMS = 6;
const DEEPEST = 3;

/** What is wrong with what code of a project gave, for that code to catch. */
export function validationError(message: string): Error {
  const error = new Error(message);
  error.name = 'ValidationError';
  return error;
}

/** A value for a message, as JSON and shortened. Costs little whatever the value is. */
export function shown(value: unknown): string {
  const text = written(value, DEEPEST);
  return text.length > LONGEST ? `${text.slice(0, LONGEST).toWellFormed()}...` : text;
}

function written(value: unknown, depth: number): string {
  if (typeof value === 'string')
    return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'an invalid Date' : value.toISOString();
  if (Array.isArray(value)) return depth === 0 ? '[...]' : `[${writtenItems(value, depth)}]`;
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  if (kind !== 'Object') return `a ${kind}`;
  return depth === 0 ? '{...}' : `{${writtenEntries(value, depth)}}`;
}

function writtenItems(items: readonly unknown[], depth: number): string {
  const first = items.slice(0, MOST_ITEMS).map((item) => written(item, depth - 1));
  return [...first, ...(items.length > MOST_ITEMS ? ['...'] : [])].join(',');
}

function writtenEntries(object: object, depth: number): string {
  const parts: string[] = [];
  for (const key in object) {
    if (parts.length === MOST_ITEMS) return [...parts, '...'].join(',');
    const part: unknown = Reflect.get(object, key);
    parts.push(`${written(key, 0)}:${written(part, depth - 1)}`);
  }
  return parts.join(',');
}
