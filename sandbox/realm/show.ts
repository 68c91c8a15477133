import { LONGEST_LINE } from '../wire/text-bounds.ts';

/**
 * A value as a person reads it in a log line: strings as they are, plain data as JSON, everything else described. Bounded
 * in depth, width and length, so that one line costs little whatever is logged.
 */
const MAX_DEPTH = 6;
const MAX_ITEMS = 100;

/** The text of a log line or of one argument of `console.log`. */
export function show(value: unknown): string {
  return typeof value === 'string' ? value : inspect(value, 0, new Set());
}

function inspect(value: unknown, depth: number, open: Set<object>): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value.length > LONGEST_LINE ? `${value.slice(0, LONGEST_LINE)}…` : value);
    case 'bigint':
      return `${value}n`;
    case 'function':
      return `[function ${value.name || 'without a name'}]`;
    case 'object':
      return value === null ? 'null' : inspectObject(value, depth, open);
    default:
      return String(value);
  }
}

function inspectObject(value: object, depth: number, open: Set<object>): string {
  if (open.has(value)) return '[cycle]';
  if (depth >= MAX_DEPTH) return Array.isArray(value) ? '[…]' : '{…}';
  if (value instanceof Error) return value.stack ? String(value.stack) : `${value.name}: ${value.message}`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (value instanceof Promise) return '[Promise]';
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  open.add(value);
  const own = saidBy(value);
  const shown = own === undefined ? inspectContainer(value, depth, open) : inspect(own.json, depth + 1, open);
  open.delete(value);
  return shown;
}

/** What an object says of itself by `toJSON`; undefined when it says nothing, or throws. */
function saidBy(value: object): { readonly json: unknown } | undefined {
  try {
    const { toJSON } = value as { readonly toJSON?: unknown };
    return typeof toJSON === 'function' ? { json: Reflect.apply(toJSON, value, ['']) } : undefined;
  } catch {
    return undefined;
  }
}

function inspectContainer(value: object, depth: number, open: Set<object>): string {
  const one = (item: unknown) => inspect(item, depth + 1, open);
  if (Array.isArray(value)) return `[${limited(value, one)}]`;
  if (value instanceof Set) return `Set {${limited(value, one)}}`;
  if (value instanceof Map) return `Map {${limited(value, ([key, item]) => `${one(key)} => ${one(item)}`)}}`;
  const pairs = Object.entries(value);
  return `{${limited(pairs, ([key, item]) => `${JSON.stringify(key)}:${one(item)}`)}}`;
}

function limited<Item>(items: Iterable<Item>, one: (item: Item) => string): string {
  const shown: string[] = [];
  for (const item of items) {
    if (shown.length === MAX_ITEMS) {
      shown.push('…');
      break;
    }
    shown.push(one(item));
  }
  return shown.join(',');
}
