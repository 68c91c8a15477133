import type { ChildProcess } from 'node:child_process';
import type { ChildCommand } from '../child-command.ts';
import { messageOf } from '../message-of.ts';
import { killGroup } from '../process-group.ts';
import { type Frame, FrameReader, FrameWriter, type Head } from '../wire/frames.ts';
import { type Entered, isEntryOf } from '../wire/recording.ts';
import { LastWords } from './last-words.ts';
import { type EndCause, judgeLoss, type Loss } from './loss.ts';
import { RecordingFile } from './recording-file.ts';
import { RunnerMemory } from './runner-memory.ts';
import { startRunner } from './start-runner.ts';
import { StrayFrames } from './stray-frames.ts';

/** How a runner knows a unit. */
export interface LoadedUnit {
  readonly id: string;
  /** Units of one program may share a realm. */
  readonly program: string;
  /** Each of its jobs gets a realm of its own. */
  readonly own: boolean;
}

/** Whoever waits for frames of one job of a runner. */
export interface JobPort {
  /** What the job may use, in bytes. */
  readonly memoryBytes: number;
  frame(head: Head, parts: readonly Uint8Array[]): void;
  /** The runner ended while it held the job. */
  lost(loss: Loss): void;
  /** The runner's thread is taken by another job: this one may go elsewhere if nothing has come of it yet. */
  blocked?(): void;
}

const MAX_ABANDONED = 64;
/** What it wrote before it ended is there by then. */
const LAST_WORDS_MS = 500;
/** What is kept for a runner that does not read: inputs and answers of many jobs, and far less than a server has. */
const MAX_UNREAD_BYTES = 256 * 1024 ** 2;

/**
 * The server's side of one runner process. States:
 *
 *   starting -> ready   the runner said so
 *   starting, ready -> dead   it exited, was killed, or sent what is not a frame
 *
 * Frames may be sent from the beginning; the pipe keeps them. A frame is given only to the job it names, and only if this
 * runner holds that job: a runner cannot speak for a job of another one.
 */
export class RunnerProcess {
  readonly #child: ChildProcess;
  readonly #writer: FrameWriter;
  readonly #recording = new RecordingFile();
  readonly #memory: RunnerMemory | undefined;
  readonly #lastWords: LastWords;
  readonly #jobs = new Map<string, JobPort>();
  readonly #abandoned = new Map<string, JobPort>();
  readonly #loaded = new Set<string>();
  readonly ready: Promise<boolean>;
  readonly ended: Promise<void>;
  /** When work was sent that nothing was heard after; 0 when it has answered since. */
  #silentSince = 0;
  #cause: EndCause | undefined;
  #dead = false;
  #wasReady = false;
  readonly #strays = new StrayFrames();
  /** When its last job ended. */
  idleSince = performance.now();
  /** Jobs it has been given. */
  served = 0;

  /** What is given is started as the runner; tests put a hostile program in its place. */
  constructor(command: ChildCommand) {
    const { child, words, pipe } = startRunner(command, this.#recording.fd);
    this.#child = child;
    const { pid } = child;
    if (pid !== undefined) this.#memory = new RunnerMemory(pid);
    this.#lastWords = new LastWords(words);
    this.#writer = new FrameWriter(pipe);
    let tellReady: (ready: boolean) => void = () => {};
    this.ready = new Promise((resolve) => {
      tellReady = resolve;
    });
    const reader = new FrameReader((frame) => {
      if (frame.head[0] === 'ready') {
        this.#wasReady = true;
        this.#memory?.runnerIsReady();
        tellReady(true);
      } else this.#receive(frame);
    });
    pipe.on('data', (chunk: Buffer) => this.#read(reader, chunk));
    pipe.on('error', () => {});
    this.ended = new Promise((resolve) => {
      const end = (how: string, crashed: boolean) => {
        this.#end(how, crashed);
        tellReady(false);
        resolve();
      };
      // Somebody that it started may have its pipes, and be out of reach: then they are not waited for.
      this.#child.once('exit', () =>
        setTimeout(() => [words, pipe].map((stream) => stream.destroy()), LAST_WORDS_MS),
      );
      // After `close` its last words have been read.
      this.#child.once('close', (code, signal) => {
        const how = signal ?? `exit code ${code}`;
        if (this.#wasReady) end(how, signal !== 'SIGKILL');
        else end(`${how}, before it was ready`, false);
      });
      this.#child.once('error', (error) => end(messageOf(error), false));
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** It ended or is about to: it takes no new jobs. */
  get dead(): boolean {
    return this.#dead || this.#cause !== undefined;
  }

  get jobCount(): number {
    return this.#jobs.size;
  }

  /** It holds jobs, or code of one that is over still runs. */
  get isBusy(): boolean {
    return this.#jobs.size > 0 || this.entered().length > 0;
  }

  /** True when it was given work a while ago and has not said anything since. */
  isStalled(afterMs: number): boolean {
    return this.#silentSince > 0 && performance.now() - this.#silentSince > afterMs;
  }

  /** It has more in memory than its jobs account for. */
  isTooLarge(): boolean {
    return this.#memory?.isTooLarge([...this.#jobs.values()].map((port) => port.memoryBytes)) ?? false;
  }

  /** Bytes for it that wait in this process: one that runs code on its own thread does not read. */
  get backlog(): number {
    return this.#writer.backlog;
  }

  /** In bytes; 0 where the system does not say. */
  residentBytes(): number {
    return this.#memory?.bytes() ?? 0;
  }

  /** Whose code runs in it right now. */
  entered(): readonly Entered[] {
    return this.#recording.read();
  }

  /** From now on frames of this job go to `port`. */
  hold(jobId: string, port: JobPort): void {
    this.served += 1;
    this.#jobs.set(jobId, port);
  }

  /** The job is over for us while its code may run on there: tells the runner, and its port only if that ends the runner. */
  abandon(jobId: string): void {
    const port = this.#jobs.get(jobId);
    if (port === undefined) return;
    this.send(['end', jobId]);
    const [oldest] = this.#abandoned.keys();
    if (oldest !== undefined && this.#abandoned.size >= MAX_ABANDONED) this.#abandoned.delete(oldest);
    this.#abandoned.set(jobId, port);
    this.release(jobId);
  }

  release(jobId: string): void {
    if (this.#jobs.delete(jobId)) this.idleSince = performance.now();
    if (this.#jobs.size === 0) this.#silentSince = 0;
  }

  /** Sends a unit's code unless this runner has it. */
  load({ id, program, own }: LoadedUnit, filename: string, code: string): void {
    if (this.#loaded.has(id)) return;
    this.#loaded.add(id);
    this.send(['load', id, program, filename, own], [code]);
  }

  send(head: Head, parts: readonly (string | Uint8Array)[] = []): void {
    if (this.dead) return;
    this.#strays.reset();
    if (this.#silentSince === 0 && this.#jobs.size > 0) this.#silentSince = performance.now();
    this.#writer.send(head, parts);
    if (this.#writer.unreadBytes > MAX_UNREAD_BYTES) this.accuse('it does not read what it is sent');
  }

  /** Wants any word at all. */
  ask(): void {
    this.send(['ping']);
  }

  /** Tells the jobs that do not run that they may go elsewhere. */
  moveJobs(entered: readonly Entered[]): void {
    for (const [jobId, port] of [...this.#jobs]) {
      if (!entered.some((entry) => isEntryOf(entry, jobId))) port.blocked?.();
    }
  }

  /** Kills the runner unless it says anything within `ms`: it is stuck in code that cannot be interrupted. */
  expectAnswer(ms: number): void {
    this.#silentSince = performance.now();
    const since = this.#silentSince;
    this.ask();
    const check = () => {
      if (this.#silentSince === since) this.kill({ kind: 'silent' });
    };
    setTimeout(check, ms).unref();
  }

  /** Ends the process; nothing it says is heard any more, and the jobs it holds learn of this cause. */
  kill(cause: EndCause): void {
    this.#cause ??= cause;
    const { pid, exitCode, signalCode } = this.#child;
    if (pid !== undefined && exitCode === null && signalCode === null) killGroup(pid);
  }

  /** It sent what a runner of ours does not send. */
  accuse(what: string): void {
    this.kill({ kind: 'violation', what });
  }

  #read(reader: FrameReader, chunk: Buffer): void {
    if (this.dead) return;
    this.#silentSince = 0;
    try {
      reader.push(chunk);
    } catch (error) {
      this.accuse(`it sent ${messageOf(error)}`);
    }
  }

  #receive({ head, parts }: Frame): void {
    if (this.dead) return;
    const port = this.#jobs.get(String(head[1]));
    if (port !== undefined) return port.frame(head, parts);
    if (!this.#strays.mayBe(parts)) this.accuse('it speaks of jobs that it does not have');
  }

  #end(how: string, crashed: boolean): void {
    if (this.#dead) return;
    this.#dead = true;
    const cause = this.#cause ?? { kind: 'exit', how, crashed, memory: this.#lastWords.aboutMemory };
    const entered = this.entered();
    const jobs = [...this.#jobs];
    const abandoned = [...this.#abandoned].filter(([jobId]) =>
      entered.some((entry) => isEntryOf(entry, jobId)),
    );
    this.#jobs.clear();
    this.#memory?.close();
    this.#recording.close();
    for (const [jobId, port] of [...abandoned, ...jobs]) {
      port.lost(judgeLoss(cause, entered, jobs.length, jobId));
    }
  }
}
