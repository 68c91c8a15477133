/** Time as the works see it; tests put their own in its place. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs `action` once after `ms` milliseconds. Returns what calls that off. */
  after(ms: number, action: () => void): () => void;
}

/** The longest time Node's timers can wait. */
const LONGEST_MS = 0x7fff_ffff;

export const systemClock: Clock = Object.freeze({
  now: () => Date.now(),
  after(ms: number, action: () => void): () => void {
    const timer = setTimeout(action, Math.min(Math.max(ms, 0), LONGEST_MS));
    return () => clearTimeout(timer);
  },
});
