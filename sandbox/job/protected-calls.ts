import { PROTECTED_FILENAME } from '../compile/filenames.ts';
import { mapStack, withoutFrames } from '../compile/locate.ts';
import type { NameShape } from '../realm/names.ts';
import type { ProtectedStart } from '../realm/protected-entry.ts';
import type { Loss } from '../supervisor/loss.ts';
import type { JobPort, RunnerProcess } from '../supervisor/runner-process.ts';
import type { Supervisor } from '../supervisor/supervisor.ts';
import type { Encoded, JobHooks, JobOrder, ProtectedUnit } from '../types.ts';
import { toParts } from '../wire/encoded-parts.ts';
import type { Head } from '../wire/frames.ts';
import { LONGEST_ERROR_TEXT, LONGEST_LINE, maskBounded } from '../wire/text-bounds.ts';
import { answerCall } from './answer-call.ts';
import { FrameBudget } from './frame-budget.ts';
import { type CallFrame, type LogFrame, noFrame, readVaultFrame, type VaultFrame } from './job-frames.ts';
import { readLogLine } from './log-line.ts';
import { LOST_REALM, quarantinedError } from './loss-messages.ts';
import { readShapes } from './name-shapes.ts';
import { offersFunction } from './offered-names.ts';
import { type Answer, PendingCalls } from './pending-calls.ts';
import { PROTECTED_CODE, ProtectedError } from './protected-error.ts';
import { realmLimits } from './realm-limits.ts';
import { unitOf } from './start-frame.ts';

/** Whom the protected side tells what ends the whole job. */
export interface JobEnder {
  limit(limit: string, detail: string): void;
  lost(loss: Loss): void;
}

/** How often it may be opened for one job. */
const MAX_OPENINGS = 3;

/**
 * The protected side of one job: the vault runner it talks to, opened at the first call and ended with the job. What
 * Protected Code says to people (log lines, errors) is masked here, before anyone hears it. When the vault runner is lost to
 * another job before this one has sent or answered anything, its calls are made again in a new one.
 */
export class ProtectedCalls implements JobPort {
  readonly memoryBytes: number;
  readonly #order: JobOrder;
  readonly #hooks: JobHooks;
  readonly #supervisor: Supervisor;
  readonly #unit: ProtectedUnit;
  readonly #job: JobEnder;
  readonly #pending = new PendingCalls();
  readonly #startedAt = Date.now();
  readonly #declaring = new Set<Promise<unknown>>();
  #budget: FrameBudget;
  #runner: RunnerProcess | undefined;
  #openings = 0;
  #taskMs = 0;
  /** It has state that a new vault runner would not have, or sent something. */
  #settled = false;
  #ended = false;
  /** As of its last answer: processor time of the job's Protected Code, and its log lines over the limit. */
  cpuMs = 0;
  dropped = 0;

  constructor(order: JobOrder, hooks: JobHooks, supervisor: Supervisor, unit: ProtectedUnit, job: JobEnder) {
    this.#order = order;
    this.#hooks = hooks;
    this.#supervisor = supervisor;
    this.#unit = unit;
    this.#job = job;
    this.memoryBytes = order.limits.memoryBytes;
    this.#budget = new FrameBudget(order.limits);
  }

  /**
   * Calls `name` or `name.member` with an encoded list of arguments; `taskMs` is what the task has used of the processor.
   * Rejects with a ProtectedError.
   */
  call(path: string, args: Encoded, taskMs: number): Promise<Encoded> {
    this.#taskMs = taskMs;
    if (!offersFunction(this.#unit, path)) {
      return Promise.reject(new ProtectedError('TypeError', `Protected Code offers no function ${path}.`));
    }
    return this.#ask((callId) => ['invoke', this.#order.jobId, callId, taskMs, path], toParts(args));
  }

  /** What Protected Code offers under these names. */
  async describe(names: readonly string[]): Promise<readonly NameShape[]> {
    const answer = await this.#ask(
      (callId) => ['describe', this.#order.jobId, callId],
      [JSON.stringify(names)],
    );
    const texts = [answer.text, ...answer.tails.map((tail) => Buffer.from(tail).toString('utf8'))];
    if (texts.some((text) => this.#hooks.mask(text) !== text)) {
      const message = `A constant of Protected Code (one of ${names.join(', ')}) contains a secret value; tasks may not see it.`;
      throw new ProtectedError('TypeError', message);
    }
    const shapes = readShapes(answer, names);
    if (shapes !== undefined) return shapes;
    this.#runner?.accuse('it describes names that were not asked for');
    throw new ProtectedError('Error', 'Protected Code could not be described: its process broke the rules.');
  }

  /** Undefined when nothing is being declared; else resolves once every `log_outgoing_data` of the job is written. */
  declarations(): Promise<unknown> | undefined {
    return this.#declaring.size === 0 ? undefined : Promise.allSettled(this.#declaring);
  }

  /** The job is over: the realm forgets it. */
  end(): void {
    this.#ended = true;
    this.#runner?.abandon(this.#order.jobId);
    this.#runner = undefined;
    this.#pending.forget();
  }

  #ask(headOf: (callId: number) => Head, parts: readonly (string | Uint8Array)[]): Promise<Encoded> {
    const refused = this.#quarantined();
    if (refused !== undefined) return Promise.reject(refused);
    const runner = this.#open();
    return this.#pending.ask((head, all) => runner.send(head, all), headOf, parts);
  }

  /** What is known of this version's Protected Code is kept like what is known of a task. */
  get #subject() {
    const { projectId, version } = this.#order;
    return { projectId, version, task: PROTECTED_CODE };
  }

  #quarantined(): ProtectedError | undefined {
    const { conduct } = this.#supervisor;
    const until = conduct.quarantinedUntil(this.#subject, Date.now());
    if (until === undefined) return undefined;
    const { name, message } = quarantinedError(PROTECTED_CODE, conduct.killsOf(this.#subject), until);
    return new ProtectedError(name, message);
  }

  #open(): RunnerProcess {
    if (this.#runner !== undefined) return this.#runner;
    const { jobId, projectId, limits, context } = this.#order;
    const runner = this.#supervisor.fleet.holdProtected(projectId, jobId, this);
    this.#runner = runner;
    this.#openings += 1;
    this.#budget = new FrameBudget(limits);
    const unit = unitOf(this.#order, 'protected', this.#order.ownRealm.protected);
    runner.load(unit, PROTECTED_FILENAME, this.#unit.code);
    const start: ProtectedStart = { context, limits: realmLimits(limits), secrets: this.#hooks.secrets() };
    const head = ['open', jobId, unit.id, limits.memoryBytes, limits.timeoutMs, limits.cpuMs];
    runner.send(head, [JSON.stringify(start)]);
    return runner;
  }

  // ---- frames of the vault runner ----

  frame(head: Head, parts: readonly Uint8Array[]): void {
    const frame = readVaultFrame(head, parts);
    const problem = frame === undefined ? noFrame(head) : this.#handle(frame);
    if (problem !== undefined) this.#runner?.accuse(problem);
  }

  /** Says what is wrong with it, or undefined. */
  #handle(frame: VaultFrame): string | undefined {
    switch (frame.kind) {
      case 'log':
        return this.#budget.log(frame) ?? this.#log(frame);
      case 'call':
        return this.#budget.call(frame) ?? this.#hostCall(frame);
      case 'return': {
        const call = this.#answered(frame);
        if (call === undefined) return 'an answer that nobody waits for';
        const problem = this.#budget.message(frame.value);
        if (problem === undefined) this.#handOver(frame.value, call);
        return problem;
      }
      case 'throw': {
        const call = this.#answered(frame);
        if (call === undefined) return 'an answer that nobody waits for';
        call.reject(this.#error(frame.name, frame.message, frame.stack));
        return undefined;
      }
      case 'limit':
        this.#job.limit(frame.limit, this.#hooks.mask(frame.detail));
        return undefined;
      case 'lost':
        this.lost(LOST_REALM);
        return undefined;
    }
  }

  #handOver(value: Encoded, { resolve, reject }: Answer): void {
    const withheld = this.#hooks.withheld?.(value);
    if (withheld === undefined) return resolve(value);
    withheld.then((reason) => {
      if (reason === undefined) resolve(value);
      else reject(new ProtectedError('TypeError', reason));
    }, reject);
  }

  #log({ level, message, at }: LogFrame): undefined {
    this.#settled = true;
    const text = withoutFrames(PROTECTED_FILENAME, this.#masked(message, LONGEST_LINE));
    this.#hooks.log(readLogLine(level, text, at, 'protected', this.#startedAt));
  }

  #hostCall({ callId, operation, args }: CallFrame): undefined {
    this.#settled = true;
    const answered = this.#hooks.call(operation, args, 'protected');
    answered.finally(() => this.#budget.answered(callId)).catch(() => {});
    if (operation === 'log_outgoing_data') {
      this.#declaring.add(answered);
      answered.finally(() => this.#declaring.delete(answered)).catch(() => {});
    }
    const elsewhereMs = () => this.#taskMs;
    const call = { runner: this.#runner, jobId: this.#order.jobId, callId, elsewhereMs };
    answerCall(call, answered, this.#hooks.mask);
  }

  // ---- its runner is lost ----

  lost(loss: Loss): void {
    if (loss.verdict === 'guilty') this.#supervisor.conduct.endedItsRunner(this.#subject, Date.now());
    if (this.#ended) return;
    this.#runner?.release(this.#order.jobId);
    this.#runner = undefined;
    if (loss.verdict === 'guilty') return this.#job.lost(loss);
    // Nobody waits: the next call finds Protected Code begun anew, as the first one did.
    if (this.#pending.size === 0 && !this.#settled) return;
    if (this.#settled || this.#openings >= MAX_OPENINGS) return this.#job.lost(loss);
    const runner = this.#open();
    this.#pending.repeat((head, parts) => runner.send(head, parts));
  }

  #answered({ callId, cpuMs, dropped }: Extract<VaultFrame, { kind: 'return' | 'throw' }>) {
    this.cpuMs = cpuMs;
    this.dropped = dropped;
    this.#settled = true;
    return this.#pending.take(callId);
  }

  #error(name: string, message: string, stack: string): ProtectedError {
    const masked = (text: string) => this.#masked(text, LONGEST_ERROR_TEXT);
    const mapped = mapStack(this.#unit, PROTECTED_FILENAME, masked(stack));
    return new ProtectedError(masked(name), masked(message), mapped.stack);
  }

  #masked(text: string, most: number): string {
    return maskBounded(this.#hooks.mask, text, most);
  }
}
