import type { Hold } from '../budget.ts';
import { Collector } from '../collector.ts';
import { WITH_THE_ANSWER } from '../limits.ts';
import { AnswerError, tooLarge } from '../network-error.ts';
import type { Spooled } from './spooled.ts';
import type { Spooling } from './spooling.ts';

/** Where a body may go. */
export interface Receiving {
  /** Counts what is held in memory. */
  readonly hold: Hold;
  /** For larger ones; null: there are none. */
  readonly spool: { readonly open: () => Promise<Spooling>; readonly ms: number } | null;
}

/**
 * The whole body: in memory up to `WITH_THE_ANSWER` bytes, in the spool above that. Throws an `AnswerError` for one that is
 * too large or takes too long, a `BusyError` when there is no room for it, and what `pieces` throws; then nothing is kept.
 */
export async function receive(
  pieces: AsyncIterable<Uint8Array>,
  { hold, spool }: Receiving,
): Promise<Uint8Array | Spooled> {
  const begin = performance.now();
  const collector = new Collector();
  let spooling: Spooling | undefined;
  try {
    for await (const piece of pieces) {
      if (spool !== null && performance.now() - begin > spool.ms) throw tooSlow(spool.ms);
      if (spooling === undefined && collector.length + piece.length <= WITH_THE_ANSWER) {
        hold.add(piece.length);
        collector.add(piece);
        continue;
      }
      if (spool === null) throw tooLarge(WITH_THE_ANSWER);
      if (spooling === undefined) {
        spooling = await spool.open();
        await spooling.write(collector.bytes());
      }
      await spooling.write(piece);
    }
    return spooling === undefined ? collector.bytes() : await spooling.finish();
  } catch (error) {
    await spooling?.giveUp();
    throw error;
  }
}

const tooSlow = (ms: number): AnswerError =>
  new AnswerError(`a body that took longer than ${ms / 1000} seconds`);
