import { existsSync } from 'node:fs';
import path from 'node:path';
import { hexLedgerKeys, loadKeyring } from '../../../runtime/keyring.ts';
import { checkLedger, type LedgerCheck } from '../../../runtime/store/ledger-check/check-ledger.ts';
import type { LedgerReport } from '../../../runtime/store/ledger-check/report.ts';
import { ledgerSource } from '../../../runtime/store/sqlite/ledger-source.ts';
import { openForReading } from '../../../runtime/store/sqlite/reader/open-for-reading.ts';
import { messageOf } from '../../../sandbox/message-of.ts';
import { readConfig } from '../../config.ts';
import { readConfigFile } from '../../config-file.ts';
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

/**
 * Looks whether the ledger in a data directory is as it was written. Needs the keyring, and no server. Fails when something is
 * wrong; what it cannot begin with is wrong use.
 */
export async function verifyLedger({ output }: CommandContext, options: LedgerVerifyOptions): Promise<void> {
  const { data, config: asked, checkpoints } = options;
  const from = timeOf(options.from);
  const configFile = await readConfigFile(asked ?? (process.env.SLUICE_CONFIG || undefined));
  const config = readConfig({
    flags: data === undefined ? {} : { data },
    env: process.env,
    file: configFile,
  });
  const dataDir = path.resolve(config.data);
  const file = path.join(dataDir, 'sluice.db');
  if (!existsSync(file))
    throw usageError(`There is no database in ${dataDir}. Name the data directory with --data.`);
  const outside = checkpoints === undefined ? undefined : checkpointsIn(checkpoints);
  const progress = (rows: number): void => output.note(`${rows} rows looked at`);
  const report = await check(file, { keys: keysFor(dataDir), from, outside, progress });
  output.result(toLedgerReport(report), () => reportText(report, output));
  if (!report.ok) throw new CliError('The ledger is not as it was written, or not whole.');
}

async function check(file: string, options: Omit<LedgerCheck, 'source'>): Promise<LedgerReport> {
  try {
    const db = openForReading(file);
    try {
      // One state of the database, while a server goes on writing.
      return db.transaction(() => checkLedger({ ...options, source: ledgerSource(db) }))();
    } finally {
      db.close();
    }
  } catch (error) {
    if (error instanceof CliError) throw error;
    const reason = messageOf(error);
    throw new CliError(
      `The ledger in ${file} cannot be read: ${reason}. Run this as the user who runs the server, of the same version of Sluice.`,
      { cause: error },
    );
  }
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
