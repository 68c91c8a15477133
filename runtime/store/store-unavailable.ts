import { AppError } from '../app-error.ts';

/** What a verb is rejected with when the database cannot be reached, or not written, at the moment: nothing is known to be stored. */
export const STORE_UNAVAILABLE = 'store_unavailable';

/** True when a verb may succeed later, with nothing changed but the database. */
export const isStoreUnavailable = (error: unknown): boolean =>
  error instanceof AppError && error.code === STORE_UNAVAILABLE;

/** For who asks while it is known to be away. Strangers may read it. */
export const storeAway = (): AppError =>
  new AppError(
    STORE_UNAVAILABLE,
    503,
    'Sluice cannot reach its database at the moment, and tries again by itself. Call again in a moment.',
  );
