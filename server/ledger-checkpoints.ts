import { type FileHandle, open } from 'node:fs/promises';
import type { Checkpoint } from '../runtime/store/checkpoint.ts';
import { checkpointLine } from '../runtime/store/checkpoint-line.ts';
import { messageOf } from '../sandbox/message-of.ts';
import { StartError } from './exit-codes.ts';
import type { ServerLog } from './server-log.ts';

/** Lines that wait for a slow disk; more are in the server's log only. */
const MOST_WAITING = 10_000;

/** Where checkpoints of the ledger go besides the database. */
export interface KeptCheckpoints {
  /** Never throws. */
  keep(checkpoint: Checkpoint): void;
  /** Resolves when all are on disk. */
  close(): Promise<void>;
}

/**
 * Writes each checkpoint into the server's log and, if there is one, appends it to a file, which is made when it is missing.
 * Throws a `StartError` when that file cannot be written.
 */
export async function keepCheckpoints(
  name: string | undefined,
  log: Pick<ServerLog, 'info' | 'error'>,
): Promise<KeptCheckpoints> {
  const file = name === undefined ? undefined : await openToAppend(name);
  let waiting: string[] = [];
  let writing = Promise.resolve();

  async function append(to: FileHandle): Promise<void> {
    const lines = waiting;
    waiting = [];
    if (lines.length === 0) return;
    try {
      await to.appendFile(`${lines.join('\n')}\n`);
      await to.datasync();
    } catch (error) {
      log.error(
        `Checkpoints of the ledger cannot be written to ${name}: ${messageOf(error)}. Copy the ${lines.length} that are missing from this log, and make room.`,
      );
    }
  }

  return {
    keep(checkpoint) {
      const line = checkpointLine(checkpoint);
      log.info(line);
      if (file === undefined || waiting.length >= MOST_WAITING) return;
      waiting.push(line);
      if (waiting.length === 1) writing = writing.then(() => append(file));
    },
    async close() {
      await writing;
      await file?.close();
    },
  };
}

async function openToAppend(name: string): Promise<FileHandle> {
  try {
    return await open(name, 'a', 0o600);
  } catch (error) {
    throw new StartError(
      `ledger_checkpoints: ${name} cannot be written: ${messageOf(error)}. Give a file that this user can append to.`,
    );
  }
}
