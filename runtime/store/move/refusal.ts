import { messageOf } from '../../../sandbox/message-of.ts';
import { AppError } from '../../app-error.ts';
import { MIGRATIONS } from '../migrations/all.ts';
import { isStoreUnavailable } from '../store-unavailable.ts';

/** Why a move is not begun: nothing was changed. */
const REFUSALS = [
  'no_data',
  'data_in_use',
  'data_unusable',
  'source_in_use',
  'target_not_empty',
  'target_unfinished',
  'store_unfinished',
  'old_database',
  'newer_data',
  'store_unavailable',
  'other_version',
  'schemas_differ',
] as const;

type Refusal = Exclude<
  (typeof REFUSALS)[number],
  'data_in_use' | 'data_unusable' | 'old_database' | 'newer_data'
>;

export const refusal = (code: Refusal, message: string, cause?: unknown): AppError =>
  new AppError(code, 409, message, cause === undefined ? {} : { cause });

export const isRefusal = (error: unknown): error is AppError =>
  error instanceof AppError && REFUSALS.some((code) => code === error.code);

export const unfinishedTarget = (where: string): Error =>
  refusal(
    'target_unfinished',
    `${where} is the target of a move that did not come to its end. Use --restart to empty it and begin anew.`,
  );

/** A source is never changed, so that whoever wants to go back can. */
export function otherVersion(where: string, version: number): Error {
  const todo =
    version < MIGRATIONS.length
      ? 'Start this version of Sluice on it once, stop it, and move then.'
      : 'Use the newer Sluice that wrote it.';
  return refusal(
    'other_version',
    `${where} has schema ${version}, and this version of Sluice moves schema ${MIGRATIONS.length}. ${todo}`,
  );
}

/**
 * Runs what follows the first change to a target. What would have been a refusal before is a failure of the move now (`move_failed`).
 * `where` names the database that may be lost meanwhile.
 */
export async function onceBegun<Done>(where: string, run: () => Promise<Done>): Promise<Done> {
  try {
    return await run();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    // What the store says of a lost database, that it tries again by itself, is not so here.
    const message = isStoreUnavailable(error)
      ? `${where} cannot be used any more: ${messageOf(error.cause ?? error)}.`
      : error.message;
    throw new AppError('move_failed', 500, message, { cause: error });
  }
}
