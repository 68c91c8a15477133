import type { Encoded } from '../types.ts';
import { MAX_DEPTH, TYPED_ARRAYS } from './tagged-values.ts';

/** Makes the value that was encoded. Throws a TypeError when the text or the tails are not of that form. */
export function decode(encoded: Encoded): unknown {
  const tree: unknown = JSON.parse(encoded.text);
  if (!encoded.text.includes('"$"') && !mayBeDeep(encoded.text)) return tree;
  return revive(tree, encoded.tails);
}

/** Plain JSON of a hostile process: whoever walks what is too deep for the stack would fail far from here. */
function mayBeDeep(text: string): boolean {
  if (text.length <= 2 * MAX_DEPTH) return false;
  let brackets = 0;
  for (const bracket of ['[', '{']) {
    for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) {
      brackets += 1;
      if (brackets >= MAX_DEPTH) return true;
    }
  }
  return false;
}

const malformed = (): TypeError => new TypeError('an encoded value is malformed');

function revive(tree: unknown, tails: readonly Uint8Array[], depth = 0): unknown {
  if (typeof tree !== 'object' || tree === null) return tree;
  // Nothing that was encoded is deeper; what a hostile process sends could use up the stack.
  if (depth >= MAX_DEPTH) throw malformed();
  if (Array.isArray(tree)) {
    for (let index = 0; index < tree.length; index += 1) tree[index] = revive(tree[index], tails, depth + 1);
    return tree;
  }
  const record = tree as Record<string, unknown>;
  if (Object.hasOwn(record, '$')) return reviveTag(record.$, tails, depth + 1);
  for (const key of Object.keys(record)) {
    const child = record[key];
    const revived = revive(child, tails, depth + 1);
    if (revived !== child) put(record, key, revived);
  }
  return record;
}

/** An own property whatever its name: assignment to `__proto__` would change the prototype. */
function put(record: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') record[key] = value;
  else Object.defineProperty(record, key, { value, writable: true, enumerable: true, configurable: true });
}

function reviveTag(parts: unknown, tails: readonly Uint8Array[], depth: number): unknown {
  if (!Array.isArray(parts)) throw malformed();
  const [kind, first, second] = parts as unknown[];
  switch (kind) {
    case 'u':
      return undefined;
    case 'n':
      return Number(first);
    case 'd':
      return new Date(typeof first === 'number' ? first : Number.NaN);
    case 'm': {
      const map = new Map<unknown, unknown>();
      for (const pair of listOf(first)) {
        const [key, value] = listOf(pair);
        map.set(revive(key, tails, depth), revive(value, tails, depth));
      }
      return map;
    }
    case 's': {
      const set = new Set<unknown>();
      for (const item of listOf(first)) set.add(revive(item, tails, depth));
      return set;
    }
    case 'b':
      return reviveBytes(tails[Number(first)], second);
    case 'o': {
      const record: Record<string, unknown> = {};
      for (const pair of listOf(first)) {
        const [key, value] = listOf(pair);
        put(record, String(key), revive(value, tails, depth));
      }
      return record;
    }
    default:
      throw malformed();
  }
}

function reviveBytes(tail: Uint8Array | undefined, kind: unknown): unknown {
  if (tail === undefined) throw malformed();
  if (kind === 'Uint8Array') return tail;
  const { buffer } = new Uint8Array(tail);
  if (kind === 'ArrayBuffer') return buffer;
  const Type = TYPED_ARRAYS.get(String(kind));
  if (Type === undefined) throw malformed();
  return new Type(buffer);
}

function listOf(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw malformed();
  return value;
}
