import { killGroup } from '../../../../sandbox/process-group.ts';
import { LastWords } from '../../../../sandbox/supervisor/last-words.ts';
import type { StartedRunner } from '../../../../sandbox/supervisor/start-runner.ts';
import { type Frame, FrameReader, FrameWriter } from '../../../../sandbox/wire/frames.ts';
import type { Sent } from './reader-messages.ts';

/** A reader from its start to its end. What it sends is taken for hostile. */
export interface StartedReader {
  readonly pid: number | undefined;
  /** Undefined: it is ready. Else why it is not. */
  readonly problem: Promise<string | undefined>;
  /** Resolves when the process has gone, or could not be started. */
  readonly gone: Promise<void>;
  /** Whether it said at its end that memory was over. */
  readonly aboutMemory: boolean;
  send(sent: Sent): void;
  /** Resolves with the next frame; undefined: what came is no frame. */
  next(): Promise<Frame | undefined>;
  /** Resolves when the process has gone. */
  kill(): Promise<void>;
}

const START_MS = 20_000;

/** Takes a process that was just started. */
export function startedReader({ child, words, pipe }: StartedRunner): StartedReader {
  const lastWords = new LastWords(words);
  const writer = new FrameWriter(pipe);
  let settle = (_frame: Frame | undefined): void => {};
  const frames = new FrameReader((frame) => settle(frame));
  pipe.on('error', () => {});
  pipe.on('data', (chunk: Buffer) => {
    try {
      frames.push(chunk);
    } catch {
      pipe.destroy();
      settle(undefined);
    }
  });
  const gone = new Promise<void>((resolve) => {
    // Not `exit`: its last words may come after that.
    child.once('close', () => resolve());
    child.on('error', () => resolve());
  });

  const next = () =>
    new Promise<Frame | undefined>((resolve) => {
      settle = resolve;
    });

  return {
    pid: child.pid,
    problem: problemOf(next(), gone),
    gone,
    get aboutMemory() {
      return lastWords.aboutMemory;
    },
    send: (sent) => writer.send(...sent),
    next,
    async kill() {
      if (child.pid !== undefined) killGroup(child.pid);
      await gone;
    },
  };
}

function problemOf(first: Promise<Frame | undefined>, gone: Promise<void>): Promise<string | undefined> {
  return new Promise((resolve) => {
    const end = (problem: string | undefined): void => {
      clearTimeout(timer);
      resolve(problem);
    };
    const timer = setTimeout(() => end(`it was not ready after ${START_MS / 1000} s`), START_MS);
    first.then((frame) => end(problemIn(frame)));
    gone.then(() => end('it ended before it was ready'));
  });
}

function problemIn(frame: Frame | undefined): string | undefined {
  if (frame?.head[0] === 'ready') return undefined;
  return frame?.head[0] === 'failed' ? String(frame.head[1]) : 'it sent what is no answer';
}
