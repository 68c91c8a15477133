import { type Checkpoint, FIRST_MAC } from '../checkpoint.ts';
import type { LedgerKeys } from './keys.ts';
import type { Problems } from './report.ts';
import type { LedgerSource } from './source.ts';
import { forEach, type Steps } from './steps.ts';

/** Looks whether checkpoints are numbered without gaps and signed. Returns how many there are, and the last. */
export function* checkCheckpoints(
  source: LedgerSource,
  keys: LedgerKeys,
  problems: Problems,
): Steps<{ readonly count: number; readonly newest: Checkpoint | null }> {
  let [count, expected] = [0, 1];
  let newest: Checkpoint | null = null;
  /** What the signature before can be; undefined behind a gap. */
  let previous: readonly string[] | undefined = [FIRST_MAC];
  yield* forEach(source.checkpoints(), function* (checkpoint) {
    const { number, chain, seq, mac } = checkpoint;
    if (number !== expected) {
      const gone = number === expected + 1 ? `${expected} is` : `${expected} to ${number - 1} are`;
      problems.add('missing', `Checkpoint ${gone} missing.`, { checkpoint: expected });
      previous = undefined;
    }
    const made: readonly string[] | undefined = previous?.map((before) => keys.macOf(checkpoint, before));
    if (made !== undefined && !made.includes(mac)) {
      const text = `Checkpoint ${number} is not as it was signed.`;
      problems.add('changed', text, { chain, seq, checkpoint: number });
    }
    // Of one whose signature was changed, the next one still holds the right one.
    previous = [mac, ...(made ?? [])];
    count += 1;
    expected = number + 1;
    newest = checkpoint;
  });
  return { count, newest };
}
