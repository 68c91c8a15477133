/** How long things took, in milliseconds. */
export interface Figures {
  readonly count: number;
  readonly p50: number;
  readonly p999: number;
  readonly max: number;
}

/** Zeroes when there is nothing to look at. */
export function figuresOf(times: readonly number[]): Figures {
  const sorted = times.toSorted((one, other) => one - other);
  const at = (share: number) =>
    rounded(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  return { count: sorted.length, p50: at(0.5), p999: at(0.999), max: rounded(sorted.at(-1) ?? 0) };
}

const rounded = (ms: number): number => Math.round(ms * 10) / 10;
