import { MIGRATIONS } from '../../runtime/store/migrations/all.ts';
import { type DatabaseLook, lookAtDatabase } from '../../runtime/store/postgres/database/look-at-database.ts';
import { databaseName } from '../../runtime/store/postgres/database/server-name.ts';
import { OLDEST } from '../../runtime/store/postgres/schema/migrate.ts';
import { messageOf } from '../../sandbox/message-of.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

const NAME = 'database';
/** Leases and cron go by the database's clock; times in a machine's own log do not. */
const CLOCK_TOLERANCE_MS = 5_000;

export interface DatabaseFound {
  readonly finding: Finding;
  /** Some node has written to it: a start needs the keyring of that one. */
  readonly hasData: boolean;
}

/** The PostgreSQL database that nodes share, as a start meets it. Never shows its user or password. */
export async function checkDatabase(url: string): Promise<DatabaseFound> {
  try {
    const look = await lookAtDatabase(url);
    return { finding: judged(databaseName(url), look), hasData: look.hasData };
  } catch (error) {
    return { finding: problem(NAME, messageOf(error), ''), hasData: false };
  }
}

function judged(where: string, look: DatabaseLook): Finding {
  const { version, schema, aheadMs, mayCreate } = look;
  const text = `${where}: PostgreSQL ${version}, ${schema === null ? 'empty: the first start makes the tables' : `schema ${schema}`}`;
  if (Number.parseInt(version, 10) < OLDEST)
    return problem(NAME, text, `Sluice needs PostgreSQL ${OLDEST} or newer.`);
  if (schema !== null && schema > MIGRATIONS.length)
    return problem(NAME, text, `A newer Sluice wrote it; this one knows schemas up to ${MIGRATIONS.length}.`);
  if (!mayCreate) {
    const todo = 'As its owner run: GRANT CREATE, USAGE ON SCHEMA public TO the user of SLUICE_DATABASE_URL.';
    return problem(NAME, `${text}; its user may not make tables`, todo);
  }
  const seconds = (Math.abs(aheadMs) / 1000).toFixed(1);
  const clocks = `this machine's clock is ${seconds} s ${aheadMs < 0 ? 'behind' : 'ahead of'} the database's`;
  if (Math.abs(aheadMs) <= CLOCK_TOLERANCE_MS) return ok(NAME, text, [clocks]);
  return warning(
    NAME,
    `${text}; ${clocks}`,
    'Sluice goes by the database. Set the clocks right, so that logs of both agree.',
  );
}
