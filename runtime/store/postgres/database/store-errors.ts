import { messageOf } from '../../../../sandbox/message-of.ts';
import { AppError } from '../../../app-error.ts';
import { isStoreUnavailable, STORE_UNAVAILABLE } from '../../store-unavailable.ts';

/**
 * Classes and codes of PostgreSQL that mean "later": connection exceptions (08), shutting down or starting (57P0x), no
 * connection left or out of memory or disk (53), a disk that fails (58030), read-only because it is a standby or was demoted (25006), a
 * statement that took longer than a write may (57014), a transaction that the database gave up while this process was frozen (25P03,
 * 25P04), and what an operator has to put right while nodes run: users and passwords (28), a database that is not there (3D000). Source:
 * appendix A of PostgreSQL's manual.
 */
const LATER = /^(?:08...|28...|3D000|57P0.|53...|58030|25006|25P0[34]|57014)$/;
/** What sockets and node-postgres say without such a code. */
const LOST =
  /^(?:ECONN\w+|EPIPE|EPROTO|ETIMEDOUT|EHOST\w+|ENET\w+|EADDRNOTAVAIL|EMFILE|ENFILE|ENOTFOUND|EAI_AGAIN|ERR_SSL_\w+)$|Connection terminated|establishing an SSL connection|connection timeout|Query read timeout|timeout exceeded when trying to connect|Client was closed|not queryable/i;

/** True when the database is to blame and not what was asked of it. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof AppError) return isStoreUnavailable(error);
  const code = codeOf(error);
  return LATER.test(code) || LOST.test(code) || LOST.test(messageOf(error));
}

/** True when the same transaction may succeed when it is run again: it lost against another one. */
export const isLostRace = (error: unknown): boolean =>
  ['40001', '40P01'].includes(codeOf(error)) || isWithoutMonth(error) || isStalePlan(error);

/** True when a newer node has changed a table since the statement was prepared on its connection, which is of no use for it any more. */
export const isStalePlan = (error: unknown): boolean =>
  codeOf(error) === '0A000' && messageOf(error).startsWith('cached plan');

/** True when a row's month has no partition: another process has dropped it. */
export const isWithoutMonth = (error: unknown): boolean =>
  codeOf(error) === '23514' && messageOf(error).startsWith('no partition of relation');

/** True when a value that must be unique is there already. */
export const isDuplicate = (error: unknown): boolean => codeOf(error) === '23505';

/** The five characters of PostgreSQL, or the code of a socket's error; "" when there is none. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}

/** The error as verbs reject with it. */
export function storeError(error: unknown): unknown {
  if (error instanceof AppError || !isUnavailable(error)) return error;
  return new AppError(
    STORE_UNAVAILABLE,
    503,
    `The database cannot be used at the moment: ${messageOf(error)}. Sluice tries again by itself; see its log, and whether PostgreSQL runs.`,
    { cause: error },
  );
}
