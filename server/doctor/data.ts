import { accessSync, constants, existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../runtime/app-error.ts';
import { IN_DATABASE, loadKeyring } from '../../runtime/keyring.ts';
import { lockDataDir } from '../../runtime/store/sqlite/database/lock.ts';
import { messageOf } from '../../sandbox/message-of.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

const CLOCK_TOLERANCE_MS = 60_000;

/** Existence, owner and mode of the data directory. */
export function checkDataDir(dataDir: string): Finding {
  const name = 'data';
  if (!existsSync(dataDir)) return ok(name, `${dataDir} is not there yet; the first start makes it.`);
  const stat = statSync(dataDir);
  if (!stat.isDirectory()) return problem(name, `${dataDir} is no directory.`, 'Choose another with --data.');
  try {
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    const todo = 'Run this as the user who runs Sluice, or give the directory to that user with chown.';
    return problem(name, `${dataDir} cannot be written by this user.`, todo);
  }
  const mode = (stat.mode & 0o777).toString(8);
  if ((stat.mode & 0o077) !== 0) {
    return warning(name, `${dataDir} is open to other users (mode ${mode}).`, `Run: chmod 700 ${dataDir}`);
  }
  return ok(name, `${dataDir}, open to its own user only`);
}

export interface LockFound {
  readonly finding: Finding;
  /** The process that uses the directory; null when it cannot be told which, undefined when none does. */
  readonly holder: number | null | undefined;
}

/** Whether a server uses the directory. A lock that a dead server left behind does not count. */
export function checkLock(dataDir: string): LockFound {
  const name = 'lock';
  const unheld = (finding: Finding): LockFound => ({ finding, holder: undefined });
  if (!existsSync(path.join(dataDir, 'sluice.lock')))
    return unheld(ok(name, 'no server has used this directory yet'));
  const left = existsSync(path.join(dataDir, 'sluice.pid'));
  try {
    lockDataDir(dataDir)();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code !== 'data_in_use')
      return unheld(problem(name, error.message, 'Give the files in it to the user who runs Sluice.'));
    const holder = holderOf(error);
    const who = holder === null ? 'another process' : `process ${holder}`;
    return { finding: ok(name, `in use: by ${who}`), holder };
  }
  return unheld(
    ok(name, left ? 'free; the last server ended without closing, which the next start sets right' : 'free'),
  );
}

function holderOf({ details }: AppError): number | null {
  const pid = typeof details === 'object' && details !== null && 'pid' in details ? details.pid : null;
  return typeof pid === 'number' ? pid : null;
}

/** The keyring, found as a start finds it. What is in it is never shown. `inDatabase`: whether the one it uses has data; without, a file. */
export function checkKeyring(dataDir: string, env: NodeJS.ProcessEnv, inDatabase?: boolean): Finding {
  const name = 'keyring';
  const hasData = inDatabase ?? existsSync(path.join(dataDir, 'sluice.db'));
  const isGiven =
    Boolean(env.SLUICE_KEYRING) ||
    existsSync(path.join(env.CREDENTIALS_DIRECTORY ?? '/dev/null', 'sluice-keyring'));
  const file = path.join(dataDir, 'keyring.json');
  if (!isGiven && !hasData && !existsSync(file)) return ok(name, 'not there yet; the first start makes it');
  try {
    const where = inDatabase === undefined ? undefined : IN_DATABASE;
    const { keys, source } = loadKeyring(dataDir, env, true, where);
    return ok(name, `${keys.length === 1 ? 'one key' : `${keys.length} keys`} from ${source}`);
  } catch (error) {
    return problem(
      name,
      messageOf(error),
      'Without it no secret can be opened, and the server does not start.',
    );
  }
}

/** Whether the time is before the last write. */
export function checkClock(dataDir: string, now = Date.now()): Finding {
  const name = 'clock';
  const text = new Date(now).toISOString();
  const files = ['sluice.db', 'sluice.db-wal'].map((file) => path.join(dataDir, file)).filter(existsSync);
  const written = Math.max(0, ...files.map((file) => statSync(file).mtimeMs));
  if (written <= now + CLOCK_TOLERANCE_MS) return ok(name, text);
  const last = new Date(written).toISOString();
  return problem(
    name,
    `${text}, but the data was written at ${last}.`,
    'Set the clock, or wait until it is right.',
  );
}
