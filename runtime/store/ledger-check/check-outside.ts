import type { Checkpoint } from '../checkpoint.ts';
import type { Problems } from './report.ts';
import type { LedgerSource } from './source.ts';
import { awaited, type Steps } from './steps.ts';

/** What checkpoints outside of the database say. */
export interface Outside {
  readonly count: number;
  /** By chain, the last row that one is about. */
  readonly ends: ReadonlyMap<string, Checkpoint>;
}

/** Compares checkpoints that are kept outside with those of the database: who cuts off its end cuts its checkpoints too. */
export function* checkOutside(
  outside: Iterable<Checkpoint>,
  source: LedgerSource,
  problems: Problems,
): Steps<Outside> {
  const ends = new Map<string, Checkpoint>();
  let count = 0;
  for (const checkpoint of outside) {
    const { number, chain, seq, mac } = checkpoint;
    count += 1;
    if (seq > (ends.get(chain)?.seq ?? -1)) ends.set(chain, checkpoint);
    const kept = yield* awaited(source.checkpoint(number));
    const where = { chain, seq, checkpoint: number };
    if (kept === undefined)
      problems.add('cut off', `Checkpoint ${number} is known outside, but not in the database.`, where);
    else if (!isSame(kept, checkpoint))
      problems.add('changed', `Checkpoint ${number} is another one outside (signed ${mac}).`, where);
  }
  return { count, ends };
}

const isSame = (one: Checkpoint, other: Checkpoint): boolean =>
  one.mac === other.mac &&
  one.kind === other.kind &&
  one.chain === other.chain &&
  one.seq === other.seq &&
  one.position === other.position &&
  one.hash === other.hash &&
  one.at === other.at;
