import { closeSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import type { Checkpoint } from '../../../runtime/store/checkpoint.ts';
import { checkpointIn } from '../../../runtime/store/checkpoint-line.ts';
import { messageOf } from '../../../sandbox/message-of.ts';
import { usageError } from '../cli-error.ts';

const PIECE_BYTES = 64 * 1024;
/** A line with a checkpoint is a few hundred characters long. */
const LONGEST_LINE = 64 * 1024;

/** The checkpoints in a file of lines, of which others are passed over. Throws a `CliError` when there is none. */
export function* checkpointsIn(file: string): Generator<Checkpoint> {
  let count = 0;
  for (const line of linesOf(file)) {
    const checkpoint = checkpointIn(line);
    if (checkpoint === undefined) continue;
    count += 1;
    yield checkpoint;
  }
  if (count === 0)
    throw usageError(
      `${file} holds no checkpoint. Give the file of --ledger-checkpoints, or a log of the server.`,
    );
}

function* linesOf(file: string): Generator<string> {
  const fd = opened(file);
  try {
    const piece = Buffer.alloc(PIECE_BYTES);
    const decoder = new StringDecoder('utf8');
    let rest = '';
    for (let length = readSync(fd, piece); length > 0; length = readSync(fd, piece)) {
      const lines = (rest + decoder.write(piece.subarray(0, length))).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > LONGEST_LINE) rest = '';
      yield* lines;
    }
    yield rest;
  } finally {
    closeSync(fd);
  }
}

function opened(file: string): number {
  try {
    return openSync(file, 'r');
  } catch (error) {
    throw usageError(`The checkpoints in ${file} cannot be read: ${messageOf(error)}.`);
  }
}
