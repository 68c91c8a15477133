import { codeOf } from './store-errors.ts';

/** What PostgreSQL says to every statement after the one that failed. */
const AFTER_FAILURE = '25P02';

/**
 * Waits until all have ended, also when one fails: a statement of a transaction must not go out after it was undone. Rejects with what
 * was to blame.
 */
export async function allEnded<const Of extends readonly Promise<unknown>[]>(
  promises: Of,
): Promise<{ -readonly [Key in keyof Of]: Awaited<Of[Key]> }> {
  const ended = await Promise.allSettled(promises);
  const failed = ended.filter((end) => end.status === 'rejected').map(({ reason }): unknown => reason);
  if (failed.length === 0) return Promise.all(promises) as never;
  throw failed.find((reason) => codeOf(reason) !== AFTER_FAILURE) ?? failed[0];
}
