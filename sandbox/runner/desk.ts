import { Tally } from '../tally.ts';
import { type Frame, type Head, textOf } from '../wire/frames.ts';
import { dropTimers, type HeldJob } from './held-job.ts';
import type { RealmListener } from './realm.ts';
import type { EntryEnd } from './realm-host.ts';
import type { RealmPool } from './realm-pool.ts';
import type { Recorder } from './recorder.ts';
import { rejectionLine } from './rejections.ts';

type Send = (head: Head, parts?: readonly (string | Uint8Array)[]) => void;

/** Bytes that isolated-vm may copy: not views into the pipe's buffer. */
const copies = (parts: readonly Uint8Array[]): Uint8Array[] => parts.map((part) => new Uint8Array(part));

const tailsOf = (said: unknown): readonly Uint8Array[] =>
  Array.isArray(said) ? said.filter((tail) => tail instanceof Uint8Array) : [];

/**
 * Where frames of the server and posts of the realms meet. It holds the jobs of this runner; each frame and each post is
 * for one of them, and one that is for none is dropped: its job has ended.
 */
export class Desk implements RealmListener {
  readonly #send: Send;
  readonly #jobs = new Map<string, HeldJob>();
  /** How many of them each program has. */
  readonly #programs = new Tally();
  #pool: RealmPool | undefined;

  readonly recorder: Recorder;

  constructor(send: Send, recorder: Recorder) {
    this.#send = send;
    this.recorder = recorder;
  }

  usePool(pool: RealmPool): void {
    this.#pool = pool;
  }

  // ---- from the server ----

  handle({ head, parts }: Frame): void {
    const [kind, first] = head;
    if (kind === 'load') return this.#load(head, parts);
    if (kind === 'start' || kind === 'open') return this.#begin(kind, head, parts);
    const job = this.#jobs.get(String(first));
    if (job !== undefined) this.#forJob(job, head, parts);
  }

  #load([, unit, program, filename, own]: Head, [code]: readonly Uint8Array[]): void {
    const source = {
      program: String(program),
      code: textOf(code),
      filename: String(filename),
      own: own === true,
    };
    this.#pool?.addUnit(String(unit), source);
  }

  /** `start`/`open`, job, unit, memory bytes, wall ms, cpu ms, number of tails of the input. */
  #begin(kind: 'start' | 'open', head: Head, parts: readonly Uint8Array[]): void {
    const [, id, unit, memoryBytes, timeoutMs, cpuMs, inputTails] = head;
    const realm = this.#pool?.take(String(unit), Number(memoryBytes));
    if (realm === undefined) return;
    const job: HeldJob = {
      id: String(id),
      unit: String(unit),
      realm,
      deadline: performance.now() + Number(timeoutMs),
      cpuLimitMs: Number(cpuMs),
      timers: new Map(),
      cpuMs: 0,
      elsewhereMs: 0,
      rejections: 0,
      ended: false,
    };
    this.#jobs.set(job.id, job);
    this.#count(job, 1);
    realm.jobs.add(job);
    if (kind === 'open') return realm.enter(job, 'open', job.id, job.unit, textOf(parts[0]));
    const [start, input, names, ...tails] = parts;
    const own = copies(tails.slice(0, Number(inputTails)));
    const namesTails = copies(tails.slice(Number(inputTails)));
    realm.enter(job, 'start', job.id, job.unit, textOf(start), textOf(input), own, textOf(names), namesTails);
  }

  /** Kind, job, call, processor time of the job's other side, and what the kind needs. */
  #forJob(job: HeldJob, head: Head, [body, ...tails]: readonly Uint8Array[]): void {
    const { realm, id } = job;
    const [kind, , third, elsewhereMs, fifth, sixth] = head;
    const callId = Number(third);
    if (typeof elsewhereMs === 'number') job.elsewhereMs = elsewhereMs;
    switch (kind) {
      case 'invoke':
        return realm.enter(job, 'invoke', id, callId, String(fifth), textOf(body), copies(tails));
      case 'describe':
        return realm.enter(job, 'describe', id, callId, textOf(body));
      case 'settle':
        return realm.enter(job, 'settle', id, callId, textOf(body), copies(tails));
      case 'refuse':
        return realm.enter(job, 'refuse', id, callId, String(fifth), String(sixth));
      case 'end':
        return this.#end(job);
      default:
        throw new Error(`unknown frame ${String(kind)}`);
    }
  }

  // ---- from the realms ----

  /** Code with `realm: own` can bend what its realm says: it speaks for jobs of that realm only, and tails are bytes. */
  post: RealmListener['post'] = (realm, kind, jobId, rest) => {
    const job = this.#jobs.get(jobId);
    if (job === undefined || job.ended || job.realm !== realm) return;
    const [a, b, c, d, e] = rest;
    switch (kind) {
      case 'log':
        return this.#send(['log', jobId, String(a), String(b), Number(c)]);
      case 'call':
        return this.#send(['call', jobId, Number(a), String(b), job.cpuMs], [String(c), ...tailsOf(d)]);
      case 'return':
        return job.realm.whenCharged(() =>
          this.#send(['return', jobId, Number(a), job.cpuMs, Number(d)], [String(b), ...tailsOf(c)]),
        );
      case 'throw':
        return job.realm.whenCharged(() =>
          this.#send(['throw', jobId, Number(a), job.cpuMs, Number(e), String(b), String(c), String(d)]),
        );
      case 'timer':
        return this.#startTimer(job, Number(a), Number(b));
      case 'untimer':
        clearTimeout(job.timers.get(Number(a)));
        job.timers.delete(Number(a));
        return;
      case 'done':
      case 'fail':
        return job.realm.whenCharged(() => this.#over(job, kind, rest));
      case 'limit':
        this.#send(['limit', jobId, job.cpuMs, String(a), String(b)]);
        return this.#end(job);
    }
  };

  #over(job: HeldJob, kind: 'done' | 'fail', [a, b, c, d, e]: readonly unknown[]): void {
    if (job.ended) return;
    const cpu = job.cpuMs;
    if (kind === 'done') {
      this.#send(['done', job.id, cpu, Number(c)], [String(a), ...tailsOf(b)]);
    } else {
      this.#send(['fail', job.id, cpu, Number(e), String(a), String(b), String(c), Number(d)]);
    }
    this.#forget(job);
  }

  #startTimer(job: HeldJob, timerId: number, ms: number): void {
    const wait = Math.min(Math.max(Number.isFinite(ms) ? ms : 0, 0), 2 ** 31 - 1);
    const tick = () => {
      job.timers.delete(timerId);
      job.realm.enter(job, 'tick', job.id, timerId);
    };
    job.timers.set(timerId, setTimeout(tick, wait));
  }

  entryFailed(job: HeldJob, end: EntryEnd): void {
    if (job.ended) return;
    if (end.failure === 'thrown') {
      const line = rejectionLine(job, end.message);
      if (line !== undefined) this.#send(['log', job.id, 'error', line, Date.now()]);
      return;
    }
    if (end.failure === 'disposed') return this.#realmGone(job);
    const limit = performance.now() >= job.deadline ? 'wall' : 'cpu';
    this.#send(['limit', job.id, job.cpuMs, limit, '']);
    this.#end(job);
  }

  /** The isolate was stopped at its memory limit while this job ran; its neighbours are gone with it. */
  #realmGone(guilty: HeldJob): void {
    const { jobs } = guilty.realm;
    for (const job of [...jobs]) {
      this.#send(job === guilty ? ['limit', job.id, job.cpuMs, 'memory', ''] : ['lost', job.id, job.cpuMs]);
      this.#forget(job);
    }
  }

  get isShared(): boolean {
    return this.#programs.size > 1;
  }

  #count({ unit }: HeldJob, change: 1 | -1): void {
    const [program = ''] = unit.split(':', 1);
    this.#programs.add(program, change);
  }

  #end(job: HeldJob): void {
    const { realm } = job;
    this.#forget(job);
    if (!realm.disposed) realm.enter(job, 'end', job.id);
  }

  #forget(job: HeldJob): void {
    job.ended = true;
    dropTimers(job);
    if (this.#jobs.delete(job.id)) this.#count(job, -1);
    job.realm.jobs.delete(job);
    job.realm.idleSince = performance.now();
    this.#pool?.left(job.realm);
  }
}
