import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { MoveReport } from '../../../runtime/store/move/move-report.ts';
import { moveToPostgres } from '../../../runtime/store/move/move-to-postgres.ts';
import { moveToSqlite } from '../../../runtime/store/move/move-to-sqlite.ts';
import { isRefusal } from '../../../runtime/store/move/refusal.ts';
import { databaseName } from '../../../runtime/store/postgres/database/server-name.ts';
import { lockDataDir } from '../../../runtime/store/sqlite/database/lock.ts';
import { messageOf } from '../../../sandbox/message-of.ts';
import { readConfig } from '../../config.ts';
import { readConfigFile } from '../../config-file.ts';
import { takeDatabaseUrl } from '../../environment.ts';
import { CliError, usageError } from '../cli-error.ts';
import type { CommandContext } from '../context.ts';
import { moveTold } from '../move-told.ts';
import { findWay, type MoveWay, type Way } from '../move-way.ts';
import { table } from '../output.ts';

export interface MoveCommandOptions extends MoveWay {
  readonly data?: string;
  readonly config?: string;
  readonly restart?: boolean;
}

/**
 * Moves the store of a data directory to PostgreSQL, or back. What cannot be begun is wrong use; what fails later leaves a target that
 * no server opens.
 */
export async function move({ output }: CommandContext, options: MoveCommandOptions): Promise<void> {
  const variable = takeDatabaseUrl(process.env);
  const { data, config: asked, restart = false } = options;
  const configFile = await readConfigFile(asked ?? (process.env.SLUICE_CONFIG || undefined));
  const config = readConfig({
    flags: data === undefined ? {} : { data },
    env: process.env,
    file: configFile,
  });
  const { direction, url, warning } = findWay(options, variable ?? config.database_url);
  if (warning !== undefined) output.note(warning);
  const dataDir = path.resolve(config.data);
  if (direction === 'from') makeDataDir(dataDir);
  const run = direction === 'to' ? moveToPostgres : moveToSqlite;
  const began = performance.now();
  const report = await refusing(async () => {
    const release = lockDataDir(dataDir);
    try {
      return await run({ dataDir, url, restart, told: moveTold((line) => output.note(line)) });
    } finally {
      release();
    }
  });
  const seconds = Math.round((performance.now() - began) / 100) / 10;
  output.result({ ...report, seconds: { ...report.seconds, all: seconds } }, () =>
    reportText(report, seconds),
  );
  output.note(nextSteps(direction, dataDir, url));
}

function makeDataDir(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw usageError(
      `The data directory ${dataDir} cannot be made (${messageOf(error)}). Name another one with --data.`,
    );
  }
}

async function refusing(run: () => Promise<MoveReport>): Promise<MoveReport> {
  try {
    return await run();
  } catch (error) {
    if (isRefusal(error)) throw usageError(error.message);
    throw new CliError(
      `The move did not come to its end: ${messageOf(error).replace(/\.?$/, '.')} The source is as it was, and no server opens the target. ` +
        'When the cause is gone, run the same command with --restart.',
      { cause: error },
    );
  }
}

function reportText({ tables, rows, bytes, seconds }: MoveReport, all: number): string {
  const some = tables.filter((each) => each.rows > 0);
  return [
    table(
      ['table', 'rows', 'bytes'],
      some.map((each) => [each.name, each.rows, each.bytes]),
    ),
    `Moved ${rows} rows (${bytes} bytes) in ${all} s, and compared every value: copied in ${seconds.copy} s, indexed in ${seconds.index} s, compared in ${seconds.compare} s.`,
  ].join('\n');
}

function nextSteps(direction: Way['direction'], dataDir: string, url: string): string {
  const keyring = `The keyring is not part of the store. Without it secrets cannot be opened nor the ledger be verified: every node needs the one in ${path.join(dataDir, 'keyring.json')}, or in SLUICE_KEYRING.`;
  return direction === 'to'
    ? `${keyring}\nStart nodes with SLUICE_DATABASE_URL set. ${path.join(dataDir, 'sluice.db')} is as it was, and out of date from their first job on: put it away.`
    : `${keyring.replace('every node needs', 'the server needs')}\nStart the server without SLUICE_DATABASE_URL. ${databaseName(url)} is as it was, and out of date from its first job on: start no node on it.`;
}
