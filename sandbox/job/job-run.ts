import { TASK_FILENAME } from '../compile/filenames.ts';
import { inAuthorsLines, mapStack } from '../compile/locate.ts';
import type { Loss } from '../supervisor/loss.ts';
import type { Supervisor } from '../supervisor/supervisor.ts';
import type { Encoded, FailedOutcome, JobHooks, JobOrder, Outcome, RunningJob, TaskUnit } from '../types.ts';
import { encode } from '../wire/encode.ts';
import { sizeOf } from '../wire/size-of.ts';
import { LONGEST_ERROR_TEXT, maskBounded } from '../wire/text-bounds.ts';
import { placelessError } from './job-error.ts';
import type { CallFrame, LogFrame } from './job-frames.ts';
import { limitMessage, limitName } from './limit-messages.ts';
import { readLogLine } from './log-line.ts';
import { crashedError, interruptedError, quarantinedError, strikeNote } from './loss-messages.ts';
import { offeredNames } from './offered-names.ts';
import { ProtectedCalls } from './protected-calls.ts';
import { PROTECTED_CODE, ProtectedError } from './protected-error.ts';
import { type TaskEnd, TaskRun } from './task-run.ts';

const PROTECTED = 'protected:';
/** Well below what a frame may hold: a frame that is too large would cost its runner. */
const MAX_INPUT_BYTES = 48 * 1024 ** 2;

/** How V8 tells that the isolate's limit leaves no room for a buffer: code may catch it and go on with less. */
const isOutOfBuffers = (name: string, message: string): boolean =>
  name === 'RangeError' && message === 'Array buffer allocation failed';

type Ending = Omit<FailedOutcome, 'cpuMs' | 'interrupted'>;

/**
 * One attempt of one job on its way through the sealed rooms. States:
 *
 *   waiting -> preparing   it is its project's turn
 *   preparing -> running   the names of Protected Code that the task mentions are known: see `task-run.ts`
 *   any -> over            the runner says done, fail or limit; the wall time ends; it is cancelled; its runner is lost
 *
 * Whatever ends it first decides the outcome; everything later is dropped.
 */
export class JobRun implements RunningJob {
  readonly outcome: Promise<Outcome>;
  readonly #order: JobOrder;
  readonly #hooks: JobHooks;
  readonly #supervisor: Supervisor;
  readonly #unit: TaskUnit;
  readonly #task: TaskRun;
  readonly #protected: ProtectedCalls | null;
  readonly #protectedErrors = new Map<number, ProtectedError>();
  readonly #startedAt = Date.now();
  readonly #timer: NodeJS.Timeout;
  #leave = () => {};
  #settle: (outcome: Outcome) => void = () => {};
  #waiting = true;
  /** Log lines of the task over the limit. */
  #dropped = 0;
  #over = false;

  constructor(order: JobOrder, hooks: JobHooks, supervisor: Supervisor) {
    const unit = order.program.tasks[order.task];
    if (unit === undefined) throw new Error(`${order.task} is not part of this version`);
    this.#order = order;
    this.#hooks = hooks;
    this.#supervisor = supervisor;
    this.#unit = unit;
    this.#task = new TaskRun(order, supervisor, unit, {
      log: (line) => this.#log(line),
      call: (call) => this.#call(call),
      elsewhereMs: () => this.#protected?.cpuMs ?? 0,
      ended: (end) => this.#ended(end),
      beganAgain: () =>
        this.#note(
          'info',
          'The job began again: another one ended the process it ran in. Lines may be repeated.',
        ),
      lost: (loss) => this.#lost(loss, order.task),
    });
    const protectedUnit = order.program.protected;
    this.#protected =
      protectedUnit &&
      new ProtectedCalls(order, hooks, supervisor, protectedUnit, {
        limit: (limit, detail) => this.#limit(limit, detail, 0),
        lost: (loss) => this.#lost(loss, PROTECTED_CODE),
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
    this.#waiting = false;
    const { known, dynamic, encoded } = offeredNames(this.#order.program, this.#unit);
    if (dynamic.length === 0 || this.#protected === null) return this.#begin(encoded);
    this.#protected
      .describe(dynamic)
      .then((described) => encode([...known, ...described]))
      .then(
        (names) => this.#begin(names),
        (error: Error) => this.#fail({ status: 'failed', error: placelessError(error.name, error.message) }),
      );
  }

  #begin(names: Encoded): void {
    if (this.#over) return;
    const { conduct } = this.#supervisor;
    const order = this.#order;
    const until = conduct.quarantinedUntil(order, Date.now());
    if (until !== undefined) {
      const error = quarantinedError(order.task, conduct.killsOf(order), until);
      return this.#fail({ status: 'crashed', error, notBefore: until });
    }
    if (sizeOf(order.input) > MAX_INPUT_BYTES) {
      return this.#limit('messages', `The job's input is larger than ${MAX_INPUT_BYTES / 1024 ** 2} MB.`, 0);
    }
    this.#task.begin(names);
  }

  // ---- running ----

  #log({ level, message, at }: LogFrame): void {
    const text = inAuthorsLines(this.#unit, TASK_FILENAME, message);
    this.#hooks.log(readLogLine(level, text, at, 'task', this.#startedAt));
  }

  #call({ callId, operation, args, cpuMs }: CallFrame): Promise<Encoded> {
    if (!operation.startsWith(PROTECTED)) return this.#hooks.call(operation, args, 'task');
    if (this.#protected === null) return Promise.reject(new Error('The project has no Protected Code.'));
    const answered = this.#protected.call(operation.slice(PROTECTED.length), args, cpuMs);
    answered.catch((error: unknown) => {
      if (error instanceof ProtectedError) this.#protectedErrors.set(callId, error);
    });
    return answered;
  }

  #note(level: 'info' | 'warning', message: string): void {
    this.#hooks.log({ at: Date.now(), level, message, name: 'sluice' });
  }

  // ---- over ----

  #ended(end: TaskEnd): void {
    switch (end.kind) {
      case 'done':
        this.#dropped = end.dropped;
        return this.#done(end.result, end.cpuMs);
      case 'fail':
        this.#dropped = end.dropped;
        return this.#thrown(end);
      case 'limit':
        return this.#limit(end.limit, end.detail, end.cpuMs);
    }
  }

  #done(result: Encoded, cpuMs: number): void {
    const finish = () => this.#finish({ status: 'done', result, cpuMs });
    const declared = this.#protected?.declarations();
    if (declared === undefined) finish();
    else declared.then(finish);
  }

  #noteDropped(): void {
    const dropped = this.#dropped + (this.#protected?.dropped ?? 0);
    if (dropped === 0) return;
    const message = `${dropped} more log lines were dropped: the job reached its limit of lines or bytes.`;
    this.#hooks.log({ at: Date.now(), level: 'warning', message, name: 'sluice', dropped });
  }

  #thrown({ cpuMs, name, message, stack, callId }: Extract<TaskEnd, { kind: 'fail' }>): void {
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

  /** The end of a runner is the end of the job. */
  #lost({ verdict, limit, reason }: Loss, what: string): void {
    if (verdict !== 'guilty') {
      const error = interruptedError(reason, this.#task.hasCalledOut);
      return this.#fail({ status: 'crashed', error }, 0, true);
    }
    const { projectId, version } = this.#order;
    const kills = this.#supervisor.conduct.killsOf({ projectId, version, task: what });
    this.#note('warning', strikeNote(what, kills));
    if (limit === null) return this.#fail({ status: 'crashed', error: crashedError(reason) });
    this.#limit(limit, '', limit === 'cpu' ? this.#order.limits.cpuMs : 0);
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
    this.#limit(this.#waiting ? 'turn' : 'wall', '', 0);
    this.#task.expectRunner();
  }

  #fail(ending: Ending, cpuMs = 0, interrupted = false): void {
    this.#finish({ ...ending, cpuMs, interrupted });
  }

  #finish(outcome: Outcome): void {
    if (this.#over) return;
    this.#over = true;
    this.#noteDropped();
    clearTimeout(this.#timer);
    this.#task.end(outcome);
    this.#protected?.end();
    this.#leave();
    this.#settle({ ...outcome, cpuMs: outcome.cpuMs + (this.#protected?.cpuMs ?? 0) });
  }
}
