import type { HeaderPair } from './headers.ts';

const ASK_FOR_PAUSE = new Set([429, 503]);
/** The one form of dates that HTTP writes. */
const DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** Milliseconds for which an answer asks to be left alone: with 429 or 503, in seconds or until a date. 0 when it does not. */
export function pauseOf(status: number, headers: readonly HeaderPair[], now: number): number {
  if (!ASK_FOR_PAUSE.has(status)) return 0;
  const value = headers.find(([name]) => name === 'retry-after')?.[1].trim() ?? '';
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  return DATE.test(value) ? Math.max(0, Date.parse(value) - now) || 0 : 0;
}
