import { existsSync } from 'node:fs';
import path from 'node:path';
import { hexLedgerKeys, loadKeyring } from '../../../runtime/keyring.ts';
import { checkLedger, type LedgerCheck } from '../../../runtime/store/ledger-check/check-ledger.ts';
import type { LedgerReport } from '../../../runtime/store/ledger-check/report.ts';
import { doAtOnce } from '../../../runtime/store/ledger-check/steps.ts';
import { ledgerSource } from '../../../runtime/store/sqlite/ledger/ledger-source.ts';
import { openForReading } from '../../../runtime/store/sqlite/reader/open-for-reading.ts';
import { messageOf } from '../../../sandbox/message-of.ts';
import { readConfig } from '../../config.ts';
import { readConfigFile } from '../../config-file.ts';
import { takeDatabaseUrl } from '../../environment.ts';
import { toLedgerReport } from '../../shapes/ledger-report.ts';
import { CliError, usageError } from '../cli-error.ts';
import type { CommandContext } from '../context.ts';
import { reportText } from '../ledger-text.ts';
import { checkpointsIn } from '../local/checkpoints-in.ts';

export interface LedgerVerifyOptions {
  readonly data?: string;
  readonly config?: string;
  readonly from?: string;
  readonly checkpoints?: string;
}

type Check = Omit<LedgerCheck, 'source'>;

/**
 * Looks whether the ledger of this configuration is as it was written: in the PostgreSQL database, else in the file of the data
 * directory. Needs the keyring, and no server. Fails when something is wrong; what it cannot begin with is wrong use.
 */
export async function verifyLedger({ output }: CommandContext, options: LedgerVerifyOptions): Promise<void> {
  const databaseUrl = takeDatabaseUrl(process.env);
  const { data, config: asked, checkpoints } = options;
  const from = timeOf(options.from);
  const configFile = await readConfigFile(asked ?? (process.env.SLUICE_CONFIG || undefined));
  const config = readConfig({
    flags: data === undefined ? {} : { data },
    env: { ...process.env, SLUICE_DATABASE_URL: databaseUrl },
    file: configFile,
  });
  const dataDir = path.resolve(config.data);
  const { database_url: url } = config;
  const check = url === undefined ? inFile(dataDir) : await inDatabase(url);
  const outside = checkpoints === undefined ? undefined : checkpointsIn(checkpoints);
  const progress = (rows: number): void => output.note(`${rows} rows looked at`);
  const report = await check({ keys: keysFor(dataDir), from, outside, progress });
  output.result(toLedgerReport(report), () => reportText(report, output));
  if (!report.ok) throw new CliError('The ledger is not as it was written, or not whole.');
}

function inFile(dataDir: string): (check: Check) => LedgerReport {
  const file = path.join(dataDir, 'sluice.db');
  if (!existsSync(file))
    throw usageError(`There is no database in ${dataDir}. Name the data directory with --data.`);
  return (check) => {
    try {
      const db = openForReading(file);
      try {
        // One state of the database, while a server goes on writing.
        return db.transaction(() => doAtOnce(checkLedger({ ...check, source: ledgerSource(db) })))();
      } finally {
        db.close();
      }
    } catch (error) {
      throw unreadable(
        file,
        error,
        'Run this as the user who runs the server, of the same version of Sluice.',
      );
    }
  };
}

async function inDatabase(url: string): Promise<(check: Check) => Promise<LedgerReport>> {
  // Loaded only here: most instances need no client of PostgreSQL.
  const { lookAtDatabase } = await import('../../../runtime/store/postgres/database/look-at-database.ts');
  const { databaseName } = await import('../../../runtime/store/postgres/database/server-name.ts');
  const { checkPostgresLedger } = await import('../../../runtime/store/postgres/ledger/check-database.ts');
  const { schema } = await lookAtDatabase(url).catch((error: unknown) => {
    throw usageError(messageOf(error));
  });
  if (schema === null)
    throw usageError(`${databaseName(url)} has no ledger: no node has begun on it. See SLUICE_DATABASE_URL.`);
  return (check) =>
    checkPostgresLedger(url, check).catch((error: unknown) => {
      throw unreadable(databaseName(url), error, 'Run this once the database answers.');
    });
}

function unreadable(where: string, error: unknown, todo: string): CliError {
  if (error instanceof CliError) return error;
  const reason = messageOf(error).replace(/\.$/, '');
  return new CliError(`The ledger cannot be read. ${where}: ${reason}. ${todo}`, { cause: error });
}

function keysFor(dataDir: string): readonly string[] {
  try {
    return hexLedgerKeys(loadKeyring(dataDir, process.env, true));
  } catch (error) {
    throw usageError(
      `The ledger is signed with a key from the keyring, without which nothing can be verified. ${messageOf(error)}`,
    );
  }
}

function timeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const time = Date.parse(text);
  if (Number.isFinite(time)) return time;
  throw usageError(`--from ${text.slice(0, 40)} is no time. Give one like 2026-01-31T12:00:00Z.`);
}
