/** How long things took, in milliseconds. */
export interface Figures {
  readonly count: number;
  readonly p50: number;
  /** Null where there are so few values that it would be the worst of them: below 100 and, for `p999`, 1000. */
  readonly p99: number | null;
  readonly p999: number | null;
  readonly max: number;
}

/** Zeroes when there is nothing to look at. */
export function figuresOf(times: readonly number[]): Figures {
  const { length } = times;
  const sorted = times.toSorted((one, other) => one - other);
  const at = (share: number) => rounded(sorted[Math.min(length - 1, Math.floor(length * share))] ?? 0);
  return {
    count: length,
    p50: at(0.5),
    p99: length < 100 ? null : at(0.99),
    p999: length < 1000 ? null : at(0.999),
    max: at(1),
  };
}

/** How long nearly everything took at most, as far out as there are values enough to say; undefined with too few of them. */
export function tailOf({ p99, p999 }: Figures): { readonly name: string; readonly ms: number } | undefined {
  if (p999 !== null) return { name: 'p99.9', ms: p999 };
  return p99 === null ? undefined : { name: 'p99', ms: p99 };
}

const rounded = (ms: number): number => Math.round(ms * 10) / 10;
