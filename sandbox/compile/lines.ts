/** Everything that JavaScript, V8 and source maps count as the end of a line. */
const LINE_END = /\r\n|[\n\r\u2028\u2029]/g;

/** Offsets at which the lines of a text start. The first is 0. */
export function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (const end of text.matchAll(LINE_END)) starts.push(end.index + end[0].length);
  return starts;
}

export const countLines = (text: string): number => lineStarts(text).length;

/** The line (from 1) and column (from 0) of an offset. */
export function lineColumn(
  starts: readonly number[],
  offset: number,
): { readonly line: number; readonly column: number } {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) };
}
