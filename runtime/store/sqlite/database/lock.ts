import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { messageOf } from '../../../../sandbox/message-of.ts';
import { AppError } from '../../../app-error.ts';

/**
 * One process writes a data directory. What counts is a lock of the operating system on `sluice.lock`, taken through
 * SQLite: it ends with its process, however that ends, and holds between containers that share the directory, where
 * process ids say nothing. `sluice.pid` beside it only tells who holds it. Never open `sluice.lock` in any other way from
 * the process that holds it: closing a file ends every lock its process has on it.
 */

/** Locks of this process. Without this list, a caller that forgets its `Release` would lose the lock to the garbage collector. */
const held = new Set<Database.Database>();

/** Gives the directory back. */
export type Release = () => void;

/** Takes the data directory `dir`, which must exist. Throws `data_in_use` when another process has it. */
export function lockDataDir(dir: string): Release {
  const lock = take(dir);
  const pidFile = join(dir, 'sluice.pid');
  try {
    const holder: Holder = { pid: process.pid, started_at: startOf(process.pid) };
    writeFileSync(pidFile, JSON.stringify(holder), { mode: 0o600 });
  } catch (error) {
    lock.close();
    throw unusable(dir, error);
  }
  held.add(lock);
  return () => {
    if (!held.delete(lock)) return;
    rmSync(pidFile, { force: true });
    lock.close();
  };
}

interface Holder {
  readonly pid: number;
  /** Clock ticks since the machine started; null where /proc does not tell. */
  readonly started_at: string | null;
}

function take(dir: string): Database.Database {
  let lock: Database.Database | undefined;
  try {
    const file = join(dir, 'sluice.lock');
    lock = new Database(file, { timeout: 0 });
    // Nothing is ever written, so no journal has to lie beside it.
    lock.pragma('journal_mode = MEMORY');
    lock.exec('BEGIN EXCLUSIVE');
    // SQLite makes it readable for everybody; opened here with a mode of its own, it would have to be closed again.
    chmodSync(file, 0o600);
    return lock;
  } catch (error) {
    lock?.close();
    throw isBusy(error) ? inUse(dir) : unusable(dir, error);
  }
}

const isBusy = (error: unknown): boolean =>
  error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');

function inUse(dir: string): AppError {
  const holder = readHolder(join(dir, 'sluice.pid'));
  const who = holder === undefined ? 'another process' : `process ${holder.pid}`;
  return new AppError(
    'data_in_use',
    409,
    `The data directory ${dir} is in use by ${who}. Stop that Sluice, or give this one a directory of its own with --data.`,
    { details: { dir, pid: holder?.pid ?? null } },
  );
}

function unusable(dir: string, cause: unknown): AppError {
  const reason = messageOf(cause);
  return new AppError(
    'data_unusable',
    500,
    `The data directory ${dir} cannot be locked: ${reason}. Check that it exists and belongs to the user who runs Sluice.`,
    { cause },
  );
}

/** Undefined when the file is missing, is not read whole, or names a process that is gone or another one by now. */
function readHolder(file: string): Holder | undefined {
  try {
    const { pid, started_at } = JSON.parse(readFileSync(file, 'utf8'));
    if (!Number.isSafeInteger(pid)) return undefined;
    return started_at === startOf(pid) ? { pid, started_at } : undefined;
  } catch {
    return undefined;
  }
}

/** Tells a process from a later one with the same id. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The program's name, in parentheses, may hold spaces; the start is the 20th field after it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
