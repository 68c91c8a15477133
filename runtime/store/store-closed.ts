import { AppError } from '../app-error.ts';

/** What a call gets that comes after the store was closed. */
export function storeClosed(): AppError {
  return new AppError(
    'store_closed',
    503,
    'The store is closed because Sluice is stopping. Try again after the start.',
  );
}
