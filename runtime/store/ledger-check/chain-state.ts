import type { Checkpoint } from '../checkpoint.ts';

/** Numbers of rows that were expected and have not come (yet), both ends included. */
export interface Gap {
  readonly first: number;
  readonly last: number;
}

/** How far a chain was followed. */
export interface ChainState {
  readonly chain: string;
  /** The number of the row that comes next. */
  next: number;
  /** What the hash before the next row can be; undefined behind a gap. */
  hashes: readonly string[] | undefined;
  /** A row's position less its number, which is the same for all rows of a chain; undefined until it is known. */
  offset: number | undefined;
  /** The next one that is about a row of this chain. */
  checkpoint: Checkpoint | undefined;
  gaps: readonly Gap[];
  /** Statements about removed rows that were met. */
  met: number;
}

/** Gaps that one chain may keep open, waiting for rows that come too late; more are missing at once. */
export const MOST_GAPS = 100;

/** The gaps without one number; undefined when it is in none of them. */
export function without(gaps: readonly Gap[], seq: number): readonly Gap[] | undefined {
  const gap = gaps.find(({ first, last }) => first <= seq && seq <= last);
  if (gap === undefined) return undefined;
  const { first, last } = gap;
  const rest = [
    { first, last: seq - 1 },
    { first: seq + 1, last },
  ].filter((part) => part.first <= part.last);
  return [...gaps.filter((other) => other !== gap), ...rest];
}
