import { type ChildProcess, spawn } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { childCommand } from '../child-command.ts';
import { type Frame, FrameReader, FrameWriter, type Head } from '../frames.ts';

/** Whoever waits for frames of one job of a runner. */
export interface JobPort {
  frame(head: Head, parts: readonly Uint8Array[]): void;
  /** The runner ended while it held the job. */
  lost(reason: string): void;
}

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
  readonly #jobs = new Map<string, JobPort>();
  readonly #loaded = new Set<string>();
  readonly ready: Promise<boolean>;
  readonly ended: Promise<void>;
  /** When work was sent that nothing was heard after; 0 when it has answered since. */
  #silentSince = 0;
  #reason = 'the runner ended';
  #dead = false;
  #killed = false;
  /** When its last job ended. */
  idleSince = performance.now();

  constructor() {
    const { command, args } = childCommand('runner');
    this.#child = spawn(command, args, { env: {}, cwd: '/', stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
    const pipe = this.#child.stdio[3] as Duplex;
    this.#writer = new FrameWriter(pipe);
    let tellReady: (ready: boolean) => void = () => {};
    this.ready = new Promise((resolve) => {
      tellReady = resolve;
    });
    const reader = new FrameReader((frame) => {
      if (frame.head[0] === 'ready') tellReady(true);
      else if (frame.head[0] === 'stuck') this.kill('its runner had to be stopped');
      else this.#receive(frame);
    });
    pipe.on('data', (chunk: Buffer) => this.#read(reader, chunk));
    pipe.on('error', () => {});
    this.ended = new Promise((resolve) => {
      const end = () => {
        this.#end();
        tellReady(false);
        resolve();
      };
      this.#child.once('exit', end);
      this.#child.once('error', end);
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** It ended or is about to: it takes no new jobs. */
  get dead(): boolean {
    return this.#dead || this.#killed;
  }

  get jobCount(): number {
    return this.#jobs.size;
  }

  /** True when it was given work a while ago and has not said anything since. */
  isStalled(afterMs: number): boolean {
    return this.#silentSince > 0 && performance.now() - this.#silentSince > afterMs;
  }

  /** From now on frames of this job go to `port`. */
  hold(jobId: string, port: JobPort): void {
    this.#jobs.set(jobId, port);
  }

  release(jobId: string): void {
    if (this.#jobs.delete(jobId)) this.idleSince = performance.now();
    if (this.#jobs.size === 0) this.#silentSince = 0;
  }

  /** Sends a unit's code unless this runner has it. */
  load(unit: string, program: string, filename: string, code: string): void {
    if (this.#loaded.has(unit)) return;
    this.#loaded.add(unit);
    this.send(['load', unit, program, filename], [code]);
  }

  send(head: Head, parts: readonly (string | Uint8Array)[] = []): void {
    if (this.#dead) return;
    if (this.#silentSince === 0 && this.#jobs.size > 0) this.#silentSince = performance.now();
    this.#writer.send(head, parts);
  }

  /** Kills the runner unless it says anything within `ms`: it is stuck in code that cannot be interrupted. */
  expectAnswer(ms: number): void {
    this.#silentSince = performance.now();
    const since = this.#silentSince;
    this.send(['ping']);
    const check = () => {
      if (this.#silentSince === since) this.kill('its runner was stuck and had to be stopped');
    };
    setTimeout(check, ms).unref();
  }

  /** Ends the process; the jobs it holds are lost for this reason. */
  kill(reason: string): void {
    this.#reason = reason;
    this.#killed = true;
    this.#child.kill('SIGKILL');
  }

  #read(reader: FrameReader, chunk: Buffer): void {
    this.#silentSince = 0;
    try {
      reader.push(chunk);
    } catch (error) {
      this.kill(`the runner sent what is not a frame (${error instanceof Error ? error.message : 'error'})`);
    }
  }

  #receive({ head, parts }: Frame): void {
    this.#jobs.get(String(head[1]))?.frame(head, parts);
  }

  #end(): void {
    this.#dead = true;
    const ports = [...this.#jobs.values()];
    this.#jobs.clear();
    for (const port of ports) port.lost(this.#reason);
  }
}
