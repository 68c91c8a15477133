import { isDatabaseUrl } from '../../runtime/store/postgres/database/server-name.ts';
import { usageError } from './cli-error.ts';

/** What was asked for: one of these. */
export interface MoveWay {
  readonly to?: string;
  readonly from?: string;
  readonly toPostgres?: boolean;
  readonly fromPostgres?: boolean;
}

export interface Way {
  /** `to`: from SQLite to PostgreSQL. */
  readonly direction: 'to' | 'from';
  readonly url: string;
  /** What whoever gave the URL in this way should know. */
  readonly warning: string | undefined;
}

/** Where to move. `configured`: the URL that a node would use. No message repeats it. */
export function findWay(asked: MoveWay, configured: string | undefined): Way {
  const { to, from, toPostgres, fromPostgres } = asked;
  if ([to, from, toPostgres, fromPostgres].filter((each) => each !== undefined).length !== 1)
    throw usageError(
      'Give one of --to-postgres and --from-postgres, with the URL of the database in SLUICE_DATABASE_URL; or --to or --from with the URL itself.',
    );
  const direction = to === undefined && toPostgres === undefined ? 'from' : 'to';
  const argument = to ?? from;
  const url = argument ?? configured;
  if (url === undefined)
    throw usageError(
      `No database is named. Set SLUICE_DATABASE_URL, or database_url in sluice.yaml, to a URL like ${EXAMPLE}.`,
    );
  if (!isDatabaseUrl(url))
    throw usageError(
      `${argument === undefined ? 'SLUICE_DATABASE_URL' : `--${direction}`} is no URL of a PostgreSQL database. Give one like ${EXAMPLE}, with %2F for a / of the password.`,
    );
  const isSeen = argument !== undefined && hasPassword(url);
  return { direction, url, warning: isSeen ? seenWarning(direction) : undefined };
}

const EXAMPLE = 'postgres://user:password@host:5432/sluice';

const seenWarning = (direction: Way['direction']): string =>
  `Others on this machine can see the password in --${direction} while this runs, and the shell keeps it. ` +
  `Better give the URL in SLUICE_DATABASE_URL, with --${direction}-postgres.`;

function hasPassword(url: string): boolean {
  const { password, searchParams } = new URL(url);
  return password !== '' || searchParams.has('password');
}
