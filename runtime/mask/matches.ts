import type { PatternSearch } from './pattern-search.ts';
import { unescapePart } from './percent.ts';

const PERCENT = 0x25;
/** Bytes looked through at a stretch: about a millisecond. */
const STRETCH = 256 * 1024;

/**
 * Numbers of the patterns in the data, as it is and with percent-encoding undone. Between two stretches of large data it
 * gives null: the time to let others have their turn.
 */
export function* matches(search: PatternSearch, data: Uint8Array): Generator<number | null, void> {
  yield* matchesIn(search, data, (from) => {
    const end = Math.min(from + STRETCH, data.length);
    return { bytes: data.subarray(from, end), end };
  });
  if (!data.includes(PERCENT)) return;
  yield* matchesIn(search, data, (from) => unescapePart(data, from, Math.min(from + STRETCH, data.length)));
}

function* matchesIn(
  search: PatternSearch,
  data: Uint8Array,
  pieceAt: (from: number) => { readonly bytes: Uint8Array; readonly end: number },
): Generator<number | null, void> {
  const walk = search.walk();
  for (let from = 0; from < data.length; ) {
    const { bytes, end } = pieceAt(from);
    for (let found = search.next(walk, bytes); found !== -1; found = search.next(walk, bytes)) yield found;
    from = end;
    if (from < data.length) yield null;
  }
}
