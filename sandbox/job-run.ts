import { answerCall } from './answer-call.ts';
import { encode } from './codec.ts';
import { TASK_FILENAME } from './compile/filenames.ts';
import { inAuthorsLines, mapStack } from './compile/locate.ts';
import { FrameBudget } from './frame-budget.ts';
import type { Head } from './frames.ts';
import { placelessError } from './job-error.ts';
import { type CallFrame, readTaskFrame, type TaskFrame } from './job-frames.ts';
import { limitMessage, limitName } from './limit-messages.ts';
import { readLogLine } from './log-line.ts';
import { crashedError, interruptedError, quarantinedError } from './loss-messages.ts';
import { offeredNames } from './offered-names.ts';
import { ProtectedCalls, ProtectedError } from './protected-calls.ts';
import { startFrame, unitOf } from './start-frame.ts';
import type { Loss } from './supervisor/loss.ts';
import type { JobPort, RunnerProcess } from './supervisor/runner-process.ts';
import type { Supervisor } from './supervisor/supervisor.ts';
import { LONGEST_ERROR_TEXT, maskBounded } from './text-bounds.ts';
import type { Encoded, JobError, JobHooks, JobOrder, Outcome, RunningJob, TaskUnit } from './types.ts';

/** How long after its wall time a job may take to be stopped before its runner is killed. */
const KILL_AFTER_MS = 500;
const PROTECTED = 'protected:';
/** Well below what a frame may hold: a frame that is too large would cost its runner. */
const MAX_INPUT_BYTES = 48 * 1024 ** 2;
/** A job that keeps losing its runner to others is given up at last. */
const MAX_BEGINNINGS = 4;

/** How V8 tells that the isolate's limit leaves no room for a buffer: code may catch it and go on with less. */
const isOutOfBuffers = (name: string, message: string): boolean =>
  name === 'RangeError' && message === 'Array buffer allocation failed';

type Ending = { readonly status: Exclude<Outcome['status'], 'done'>; readonly error: JobError };

/**
 * One attempt of one job on its way through the sealed rooms. States:
 *
 *   waiting -> preparing   it is its project's turn
 *   preparing -> running   the names of Protected Code that the task mentions are known
 *   running -> running     its runner was lost or is held up by another job, and this one has not called out: it begins
 *                          again in another, as nobody outside can tell
 *   any -> over            the runner says done, fail or limit; the wall time ends; it is cancelled; its runner is lost
 *
 * Whatever ends it first decides the outcome; everything later is dropped.
 */
export class JobRun implements RunningJob, JobPort {
  readonly outcome: Promise<Outcome>;
  readonly memoryBytes: number;
  readonly #order: JobOrder;
  readonly #hooks: JobHooks;
  readonly #supervisor: Supervisor;
  readonly #unit: TaskUnit;
  readonly #protected: ProtectedCalls | null;
  readonly #protectedErrors = new Map<number, ProtectedError>();
  readonly #startedAt = Date.now();
  readonly #timer: NodeJS.Timeout;
  #leave = () => {};
  #budget: FrameBudget;
  #runner: RunnerProcess | undefined;
  #names: Encoded | undefined;
  #settle: (outcome: Outcome) => void = () => {};
  #beginnings = 0;
  /** It wrote something down since it began. */
  #spoke = false;
  /** It asked something of the world: it cannot begin again unnoticed. */
  #calledOut = false;
  #over = false;
  /** The runner itself said that the job is over there. */
  #endedThere = false;

  constructor(order: JobOrder, hooks: JobHooks, supervisor: Supervisor) {
    const unit = order.program.tasks[order.task];
    if (unit === undefined) throw new Error(`${order.task} is not part of this version`);
    this.#order = order;
    this.#hooks = hooks;
    this.#supervisor = supervisor;
    this.#unit = unit;
    this.memoryBytes = order.limits.memoryBytes;
    this.#budget = new FrameBudget(order.limits);
    const protectedUnit = order.program.protected;
    this.#protected =
      protectedUnit &&
      new ProtectedCalls(order, hooks, supervisor, protectedUnit, {
        limit: (limit, detail) => this.#limit(limit, detail, 0),
        lost: (loss) => this.#lostFor(loss),
      });
    this.outcome = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#timer = setTimeout(() => this.#timeUp(), order.limits.timeoutMs);
    const leave = supervisor.turnstile.enter(order.projectId, () => this.#prepare());
    if (this.#over) leave();
    else this.#leave = leave;
  }

  cancel(reason: string): void {
    this.#fail({ status: 'cancelled', error: placelessError('Cancelled', reason) });
  }

  // ---- preparing ----

  #prepare(): void {
    const { known, dynamic, encoded } = offeredNames(this.#order.program, this.#unit);
    if (dynamic.length === 0 || this.#protected === null) return this.#begin(encoded);
    this.#protected.describe(dynamic).then(
      (described) => this.#begin(encode([...known, ...described])),
      (error: Error) => this.#fail({ status: 'failed', error: placelessError(error.name, error.message) }),
    );
  }

  /** In a runner that suits what is known of the task; alone, when it may have ended one. */
  #begin(names: Encoded, alone = false): void {
    if (this.#over) return;
    const { conduct, fleet } = this.#supervisor;
    const order = this.#order;
    const until = conduct.quarantinedUntil(order, Date.now());
    if (until !== undefined) {
      const error = quarantinedError(order.task, conduct.killsOf(order), until);
      return this.#fail({ status: 'crashed', error });
    }
    const start = startFrame(order, names);
    if (start.bytes > MAX_INPUT_BYTES) {
      return this.#limit('messages', `The job's input is larger than ${MAX_INPUT_BYTES / 1024 ** 2} MB.`, 0);
    }
    this.#names = names;
    this.#beginnings += 1;
    this.#budget = new FrameBudget(order.limits);
    const lane = alone || order.alone === true ? 'alone' : conduct.laneOf(order);
    const runner = fleet.holdTask({ projectId: order.projectId, lane }, order.jobId, this);
    this.#runner = runner;
    runner.load(unitOf(order, order.task, order.ownRealm.task), TASK_FILENAME, this.#unit.code);
    runner.send(start.head, start.parts);
  }

  // ---- running ----

  frame(head: Head, parts: readonly Uint8Array[]): void {
    const frame = readTaskFrame(head, parts);
    const problem = frame === undefined ? `${String(head[0]).slice(0, 40)} is no frame` : this.#handle(frame);
    if (problem !== undefined) this.#runner?.accuse(problem);
  }

  /** Says what is wrong with it, or undefined. */
  #handle(frame: TaskFrame): string | undefined {
    switch (frame.kind) {
      case 'log': {
        const problem = this.#budget.log(frame);
        if (problem === undefined) this.#log(frame.level, frame.message, frame.at);
        return problem;
      }
      case 'call': {
        const problem = this.#budget.call(frame);
        if (problem === undefined) this.#call(frame);
        return problem;
      }
      case 'done': {
        const problem = this.#budget.result(frame.result);
        if (problem === undefined) this.#done(frame.result, frame.cpuMs, frame.dropped);
        return problem;
      }
      case 'fail':
        this.#dropped(frame.dropped);
        this.#thrown(frame);
        return undefined;
      case 'limit':
        this.#endedThere = true;
        this.#limit(frame.limit, frame.detail, frame.cpuMs);
        return undefined;
      case 'lost':
        this.#endedThere = true;
        this.lost({
          verdict: 'bystander',
          limit: null,
          reason: 'another job used up the memory of its realm',
        });
        return undefined;
    }
  }

  #log(level: string, message: string, at: number): void {
    this.#spoke = true;
    const text = inAuthorsLines(this.#unit, TASK_FILENAME, message);
    this.#hooks.log(readLogLine(level, text, at, 'task', this.#startedAt));
  }

  #call({ callId, operation, args, cpuMs }: CallFrame): void {
    this.#calledOut = true;
    const { jobId } = this.#order;
    const answered = this.#answer(operation, args, cpuMs);
    answered
      .catch((error: unknown) => {
        if (error instanceof ProtectedError) this.#protectedErrors.set(callId, error);
      })
      .finally(() => this.#budget.answered(callId));
    const elsewhereMs = () => this.#protected?.cpuMs ?? 0;
    answerCall({ runner: this.#runner, jobId, callId, elsewhereMs }, answered);
  }

  #answer(operation: string, args: Encoded, cpuMs: number): Promise<Encoded> {
    if (!operation.startsWith(PROTECTED)) return this.#hooks.call(operation, args, 'task');
    if (this.#protected === null) return Promise.reject(new Error('The project has no Protected Code.'));
    return this.#protected.call(operation.slice(PROTECTED.length), args, cpuMs);
  }

  // ---- its runner is lost, or held up ----

  lost(loss: Loss): void {
    if (loss.verdict === 'guilty') this.#supervisor.conduct.endedItsRunner(this.#order, Date.now());
    if (this.#over) return;
    this.#runner?.release(this.#order.jobId);
    this.#runner = undefined;
    if (loss.verdict === 'guilty') return this.#lostFor(loss);
    if (this.#mayBeginAgain) this.#beginAgain(loss.verdict === 'suspect');
    else this.#lostFor(loss);
  }

  blocked(): void {
    if (this.#spoke || !this.#mayBeginAgain) return;
    const { jobId } = this.#order;
    this.#runner?.send(['end', jobId]);
    this.#runner?.release(jobId);
    this.#beginAgain(false);
  }

  get #mayBeginAgain(): boolean {
    return !this.#over && !this.#calledOut && this.#beginnings < MAX_BEGINNINGS;
  }

  #beginAgain(alone: boolean): void {
    const names = this.#names;
    if (names === undefined) return;
    if (this.#spoke) {
      this.#note(
        'info',
        'The job began again: another one ended the process it ran in. Lines may be repeated.',
      );
    }
    this.#endedThere = false;
    this.#begin(names, alone);
  }

  /** The end of a runner is the end of the job. */
  #lostFor({ verdict, limit, reason }: Loss): void {
    if (verdict !== 'guilty') {
      return this.#fail({ status: 'crashed', error: interruptedError(reason, this.#calledOut) }, 0, true);
    }
    if (limit === null) return this.#fail({ status: 'crashed', error: crashedError(reason) });
    this.#limit(limit, '', limit === 'cpu' ? this.#order.limits.cpuMs : 0);
  }

  // ---- over ----

  #done(result: Encoded, cpuMs: number, dropped: number): void {
    this.#endedThere = true;
    this.#dropped(dropped);
    const finish = () => this.#finish({ status: 'done', result, cpuMs });
    const declared = this.#protected?.declarations();
    if (declared === undefined) finish();
    else declared.then(finish);
  }

  #dropped(lines: number): void {
    if (lines === 0) return;
    this.#note(
      'warning',
      `${lines} more log lines were dropped: the job reached its limit of lines or bytes.`,
    );
  }

  #note(level: 'info' | 'warning', message: string): void {
    this.#hooks.log({ at: Date.now(), level, message, name: 'sluice' });
  }

  #thrown({ cpuMs, name, message, stack, callId }: Extract<TaskFrame, { kind: 'fail' }>): void {
    this.#endedThere = true;
    if (isOutOfBuffers(name, message)) return this.#limit('memory', '', cpuMs);
    const located = mapStack(this.#unit, TASK_FILENAME, this.#whole(stack));
    const inside = this.#protectedErrors.get(callId)?.mappedStack;
    const full = inside ? `${located.stack}\nin Protected Code: ${inside}` : located.stack;
    const { file, line, column } = located;
    const error = { name, message, limit: null, file, line, column, stack: full };
    this.#fail({ status: 'failed', error }, cpuMs);
  }

  /** Of a stack that was cut nobody could tell half a secret later, once its lines are the author's. */
  #whole(stack: string): string {
    const { mask } = this.#hooks;
    return stack.length < LONGEST_ERROR_TEXT ? stack : maskBounded(mask, stack, LONGEST_ERROR_TEXT);
  }

  #limit(limit: string, detail: string, cpuMs: number): void {
    const message = limitMessage(limit, this.#order.limits, detail);
    if (limit === 'wall' || limit === 'turn') {
      return this.#fail({ status: 'timed_out', error: placelessError('TimedOut', message) }, cpuMs);
    }
    const error = placelessError('LimitExceeded', message, limitName(limit));
    this.#fail({ status: 'limit_exceeded', error }, cpuMs);
  }

  #timeUp(): void {
    const runner = this.#runner;
    this.#limit(this.#beginnings === 0 ? 'turn' : 'wall', '', 0);
    // A runner that is stuck in this job's code will not answer; the pong says that it is not.
    if (runner !== undefined && !runner.dead) runner.expectAnswer(KILL_AFTER_MS);
  }

  #fail({ status, error }: Ending, cpuMs = 0, interrupted = false): void {
    this.#finish({ status, error, cpuMs, interrupted });
  }

  #finish(outcome: Outcome): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    if (this.#endedThere) this.#runner?.release(this.#order.jobId);
    else this.#runner?.abandon(this.#order.jobId);
    this.#protected?.end();
    this.#leave();
    const cpuMs = outcome.cpuMs + (this.#protected?.cpuMs ?? 0);
    if (this.#runner !== undefined) this.#supervisor.conduct.ended(this.#order, outcome);
    this.#settle({ ...outcome, cpuMs });
  }
}
