import { messageOf } from '../../../../sandbox/message-of.ts';
import { AppError } from '../../../app-error.ts';
import { databaseName } from './server-name.ts';
import { codeOf, isUnavailable } from './store-errors.ts';

/** Codes of appendix A of PostgreSQL's manual that a person can do something about: what is wrong, and what to do. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/^28...$/, 'refuses the user or the password. Correct them in SLUICE_DATABASE_URL, or in its pg_hba.conf'],
  [/^3D000$/, 'does not exist. Make it with createdb, or name another one in SLUICE_DATABASE_URL'],
  [
    /^42501$/,
    'does not let this user make what Sluice needs. As its owner run: GRANT CREATE, USAGE ON SCHEMA public TO that user',
  ],
  [/^25006$/, 'can only be read, as a standby can. Name the primary in SLUICE_DATABASE_URL'],
  [
    /^55P03$/,
    'is being upgraded by another node, copied by `sluice move`, or used by who keeps its tables locked. Wait for the end of that, and start again',
  ],
  [
    /^53300$/,
    'has no connection left. Raise its max_connections: each node takes as many as its --database-connections says, 16 unless given, or end what else uses them',
  ],
];

/** A sentence for who starts a node: which database, what is wrong, and what to do. Never a user or a password. */
export function cannotOpen(error: unknown, url: string): AppError {
  const cause = error instanceof AppError ? error.cause : error;
  if (error instanceof AppError && cause === undefined) return error;
  const known = REASONS.find(([code]) => code.test(codeOf(cause)));
  return new AppError('store_unusable', 500, `${databaseName(url)} ${known?.[1] ?? reasonOf(cause)}.`, {
    cause,
  });
}

function reasonOf(cause: unknown): string {
  // Where a name has several addresses, the error of all of them has no text of its own.
  const said = messageOf(cause).replace(/\.$/, '') || codeOf(cause);
  return isUnavailable(cause)
    ? `does not answer (${said}). Start it, or correct host and port in SLUICE_DATABASE_URL`
    : `cannot be used: ${said}. See PostgreSQL's log, and SLUICE_DATABASE_URL`;
}
