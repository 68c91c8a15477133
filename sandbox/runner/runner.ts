import { Socket } from 'node:net';
import { type Frame, FrameReader, FrameWriter, type Head } from '../wire/frames.ts';
import { Desk } from './desk.ts';
import { inTurns } from './in-turns.ts';
import { RealmPool } from './realm-pool.ts';
import { Recorder } from './recorder.ts';

/** The pipe to the server, after stdin, stdout and stderr. */
const PIPE_FD = 3;
/** What this process is doing, for the server to read: see `recording.ts`. */
const RECORDING_FD = 4;
const SWEEP_MS = 20_000;
const FRAMES_AT_ONCE = 4;
const USUAL_MEMORY = 64 * 1024 * 1024;

/**
 * The main of a runner process: frames in, realms, frames out. It knows neither project nor database; whether it is a task
 * runner or a vault runner is decided by what the server sends it.
 */
export function runRunner(): void {
  // Only the server reacts to signals; its children follow when the pipe ends.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
  const pipe = new Socket({ fd: PIPE_FD, readable: true, writable: true });
  const writer = new FrameWriter(pipe);
  /** The server sent something and was not answered yet. */
  let owing = false;
  const send = (head: Head, parts?: readonly (string | Uint8Array)[]) => {
    owing = false;
    writer.send(head, parts);
  };
  // By any word of ours the server knows that we are not stuck.
  const sayAlive = () => {
    if (owing) send(['alive']);
  };
  const desk = new Desk(send, new Recorder(RECORDING_FD));
  const pool = new RealmPool(desk);
  desk.usePool(pool);

  const reader = new FrameReader(inTurns(FRAMES_AT_ONCE, (frame: Frame) => desk.handle(frame)));
  pipe.on('data', (chunk: Buffer) => {
    owing = true;
    setImmediate(sayAlive);
    reader.push(chunk);
  });
  // `process.exit` can hang on a busy isolate; nothing here is worth a clean end.
  const leave = () => process.kill(process.pid, 'SIGKILL');
  pipe.on('end', leave);
  pipe.on('error', leave);
  const tidy = () => {
    pool.sweep();
    pool.warm(USUAL_MEMORY);
  };
  setInterval(tidy, SWEEP_MS).unref();
  pool.warm(USUAL_MEMORY);
  send(['ready']);
}
