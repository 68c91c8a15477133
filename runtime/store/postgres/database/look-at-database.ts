import { cannotOpen } from './cannot-open.ts';
import { openDatabase } from './database.ts';

/** What is there before anything is made or changed. */
export interface DatabaseLook {
  /** Of the server: "17.6". */
  readonly version: string;
  /** Of Sluice's tables; null when there are none. */
  readonly schema: number | null;
  /** Some node has written to it: then it needs the keyring of that one. */
  readonly hasData: boolean;
  /** What the clock of this machine is ahead of the database's, in milliseconds. */
  readonly aheadMs: number;
  /** The user may make tables. */
  readonly mayCreate: boolean;
}

/** Looks at the database of a URL, and is no node of it. Throws an `AppError` that says what is wrong and what to do. */
export async function lookAtDatabase(url: string): Promise<DatabaseLook> {
  const database = openDatabase({ url, mostConnections: 1 });
  try {
    const sent = Date.now();
    const found = await database.row<Found>(LOOK);
    if (found === undefined) throw new Error('it gave no answer');
    const aheadMs = Math.round((sent + Date.now()) / 2 - found.now);
    const { version, may_create: mayCreate } = found;
    if (!found.has_schema) return { version, schema: null, hasData: false, aheadMs, mayCreate };
    const schema = (await database.row<{ version: number | null }>(SCHEMA))?.version ?? null;
    const keys = found.has_keys && (await database.row(KEYS)) !== undefined;
    return { version, schema, hasData: keys, aheadMs, mayCreate };
  } catch (error) {
    throw cannotOpen(error, url);
  } finally {
    await database.close();
  }
}

interface Found {
  readonly version: string;
  readonly now: number;
  readonly has_schema: boolean;
  readonly has_keys: boolean;
  readonly may_create: boolean;
}

const LOOK = `
SELECT current_setting('server_version') AS version,
  (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now,
  to_regclass('schema_version') IS NOT NULL AS has_schema,
  to_regclass('keys_in_use') IS NOT NULL AS has_keys,
  coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS may_create`;
const SCHEMA = 'SELECT max(version) AS version FROM schema_version';
const KEYS = 'SELECT 1 FROM keys_in_use LIMIT 1';
