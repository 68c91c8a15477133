import type { ChainPlace } from '../checkpoint.ts';
import type { RemovedRows } from '../removed-rows.ts';

/** A row that is about to be removed. */
export type Leaving = ChainPlace & { readonly previous_hash: string };

/** Neighbours in a chain that are gone, before they are signed. */
export type Run = Omit<RemovedRows, 'mac'>;

/** Neighbours in a chain become one run. */
export function runsOf(rows: readonly Leaving[]): readonly Run[] {
  const sorted = rows.toSorted((one, other) =>
    one.chain === other.chain ? one.seq - other.seq : one.chain < other.chain ? -1 : 1,
  );
  const runs: Run[] = [];
  for (const { chain, seq, previous_hash, hash } of sorted) {
    const last = runs.at(-1);
    if (last?.chain === chain && last.last_seq === seq) continue;
    if (last?.chain === chain && last.last_seq === seq - 1 && last.hash === previous_hash)
      runs[runs.length - 1] = { ...last, last_seq: seq, hash };
    else runs.push({ chain, first_seq: seq, last_seq: seq, previous_hash, hash });
  }
  return runs;
}
