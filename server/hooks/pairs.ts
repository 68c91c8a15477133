import type { Pairs } from '../../sandbox/types.ts';
import { HookRefusal } from './hook-refusal.ts';

const NONE: Pairs = Object.freeze([]);

/** `a=1; b="2"`: quotes are taken off, percent signs decoded where that works. */
export function parseCookies(header: string | undefined): Pairs {
  if (header === undefined) return NONE;
  return header.split(';').flatMap((piece): [string, string][] => {
    const equals = piece.indexOf('=');
    if (equals === -1) return [];
    const value = piece.slice(equals + 1).trim();
    const bare =
      value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
    return [[piece.slice(0, equals).trim(), decoded(bare)]];
  });
}

function decoded(value: string): string {
  if (!value.includes('%')) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

const MOST_HEADERS = 200;

/** Node's flat list of names and values as pairs. */
export function headerPairs(raw: readonly string[]): Pairs {
  if (raw.length > MOST_HEADERS * 2) {
    throw new HookRefusal(431, `The request has more than ${MOST_HEADERS} headers.`);
  }
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    pairs.push([raw[index] ?? '', raw[index + 1] ?? '']);
  }
  return pairs;
}
