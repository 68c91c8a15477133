import { AppError } from '../../app-error.ts';

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
