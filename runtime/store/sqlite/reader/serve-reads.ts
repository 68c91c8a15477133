import { Socket } from 'node:net';
import type Database from 'better-sqlite3';
import { messageOf } from '../../../../sandbox/message-of.ts';
import { FrameReader, FrameWriter } from '../../../../sandbox/wire/frames.ts';
import { callRead, type Reads } from './long-reads.ts';
import { openForReading } from './open-for-reading.ts';
import { errorFrame, type Sent, valueFrame, valueIn } from './reader-messages.ts';

/** The pipe to the server, after stdin, stdout and stderr. */
const PIPE_FD = 3;

/**
 * The reader's side of the pipe: answers one query at a time with the reads that `makeReads` gives, of the database that the
 * last argument names. It ends with the server, whose signals are not for it.
 */
export function serveReads(makeReads: (db: Database.Database) => Reads): void {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
  const pipe = new Socket({ fd: PIPE_FD, readable: true, writable: true });
  const leave = () => process.kill(process.pid, 'SIGKILL');
  pipe.on('end', leave);
  pipe.on('error', leave);
  const writer = new FrameWriter(pipe);
  try {
    const db = openForReading(process.argv.at(-1) ?? '');
    const reads = makeReads(db);
    // One state of the database for all statements of a read: a job that ends meanwhile would be in neither table, or in both.
    const call = db.transaction((verb: string, args: readonly unknown[]) => callRead(reads, verb, args));
    const frames = new FrameReader((frame) => {
      const [id, verb] = frame.head;
      const args = valueIn(frame) as readonly unknown[];
      writer.send(...answer(Number(id), () => call(String(verb), args)));
    });
    pipe.on('data', (chunk: Buffer) => frames.push(chunk));
    writer.send(['ready']);
  } catch (error) {
    writer.send(['failed', messageOf(error)]);
  }
}

function answer(id: number, call: () => unknown): Sent {
  try {
    return valueFrame(id, call());
  } catch (error) {
    return errorFrame(id, error);
  }
}
