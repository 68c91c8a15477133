import { HOUR_MS } from './log-tally.ts';

/** `from` on and before `to`, in milliseconds since 1970. */
export interface LineRange {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** A range as its whole hours, undefined when it has none, and what is left at its ends: up to two ranges. */
export function splitHours({ from, to }: LineRange): {
  readonly hours: LineRange | undefined;
  readonly lines: readonly LineRange[];
} {
  const first = from === undefined ? undefined : Math.ceil(from / HOUR_MS) * HOUR_MS;
  const last = to === undefined ? undefined : Math.floor(to / HOUR_MS) * HOUR_MS;
  if (first !== undefined && last !== undefined && first >= last) {
    return { hours: undefined, lines: [{ from, to }] };
  }
  return {
    hours: { from: first, to: last },
    lines: [...(from === first ? [] : [{ from, to: first }]), ...(to === last ? [] : [{ from: last, to }])],
  };
}
