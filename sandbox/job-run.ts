import { answerCall } from './answer-call.ts';
import { encode } from './codec.ts';
import { TASK_FILENAME } from './compile/filenames.ts';
import { inAuthorsLines, mapStack } from './compile/locate.ts';
import { toEncoded } from './encoded-parts.ts';
import type { Head } from './frames.ts';
import { placelessError } from './job-error.ts';
import { limitMessage, limitName } from './limit-messages.ts';
import { readLogLine } from './log-line.ts';
import { offeredNames } from './offered-names.ts';
import { ProtectedCalls, ProtectedError } from './protected-calls.ts';
import type { TaskStart } from './realm/task-entry.ts';
import { realmLimits } from './realm-limits.ts';
import type { Fleet } from './supervisor/fleet.ts';
import type { JobPort, RunnerProcess } from './supervisor/runner-process.ts';
import type { Encoded, JobError, JobHooks, JobOrder, Outcome, RunningJob, TaskUnit } from './types.ts';

/** How long after its wall time a job may take to be stopped before its runner is killed. */
const KILL_AFTER_MS = 500;
const PROTECTED = 'protected:';
/** Well below what a frame may hold: a frame that is too large would cost its runner. */
const MAX_INPUT_BYTES = 48 * 1024 ** 2;
const sizeOf = ({ text, tails }: Encoded): number =>
  tails.reduce((sum, tail) => sum + tail.byteLength, Buffer.byteLength(text));

/**
 * One attempt of one job on its way through the sealed rooms. States:
 *
 *   preparing -> running   the names of Protected Code that the task mentions are known
 *   running -> over        the runner says done, fail or limit; the wall time ends; it is cancelled; its runner is lost
 *
 * Whatever ends it first decides the outcome; everything later is dropped.
 */
export class JobRun implements RunningJob, JobPort {
  readonly outcome: Promise<Outcome>;
  readonly #order: JobOrder;
  readonly #hooks: JobHooks;
  readonly #fleet: Fleet;
  readonly #unit: TaskUnit;
  readonly #protected: ProtectedCalls | null;
  readonly #protectedErrors = new Map<number, ProtectedError>();
  readonly #startedAt = Date.now();
  #runner: RunnerProcess | undefined;
  #settle: (outcome: Outcome) => void = () => {};
  #timer: NodeJS.Timeout | undefined;
  #over = false;
  /** The runner itself said that the job is over there. */
  #endedThere = false;

  constructor(order: JobOrder, hooks: JobHooks, fleet: Fleet) {
    const unit = order.program.tasks[order.task];
    if (unit === undefined) throw new Error(`${order.task} is not part of this version`);
    this.#order = order;
    this.#hooks = hooks;
    this.#fleet = fleet;
    this.#unit = unit;
    const protectedUnit = order.program.protected;
    this.#protected =
      protectedUnit &&
      new ProtectedCalls(order, hooks, fleet, protectedUnit, (limit, detail) =>
        this.#limit(limit, detail, 0),
      );
    this.outcome = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#timer = setTimeout(() => this.#timeUp(), order.limits.timeoutMs);
    this.#begin();
  }

  cancel(reason: string): void {
    this.#fail('cancelled', placelessError('Cancelled', reason));
  }

  // ---- preparing ----

  #begin(): void {
    const { known, dynamic, encoded } = offeredNames(this.#order.program, this.#unit);
    if (dynamic.length === 0 || this.#protected === null) return this.#start(encoded);
    this.#protected.describe(dynamic).then(
      (described) => this.#start(encode([...known, ...described])),
      (error: Error) => this.#fail('failed', placelessError(error.name, error.message)),
    );
  }

  #start(names: Encoded): void {
    if (this.#over) return;
    if (sizeOf(this.#order.input) > MAX_INPUT_BYTES) {
      return this.#limit('messages', `The job's input is larger than ${MAX_INPUT_BYTES / 1024 ** 2} MB.`, 0);
    }
    const { jobId, program, task, handler, input, context, limits } = this.#order;
    const runner = this.#fleet.taskRunner();
    this.#runner = runner;
    runner.hold(jobId, this);
    const unit = `${program.id}:${task}`;
    runner.load(unit, program.id, TASK_FILENAME, this.#unit.code);
    const start: TaskStart = { handler, context, limits: realmLimits(limits) };
    const { memoryBytes, timeoutMs, cpuMs } = limits;
    runner.send(
      ['start', jobId, unit, memoryBytes, timeoutMs, cpuMs, input.tails.length],
      [JSON.stringify(start), input.text, names.text, ...input.tails, ...names.tails],
    );
  }

  // ---- running ----

  frame([kind, , a, b, c, d, e, f]: Head, parts: readonly Uint8Array[]): void {
    switch (kind) {
      case 'log':
        this.#hooks.log(
          readLogLine(a, inAuthorsLines(this.#unit, TASK_FILENAME, String(b)), c, 'task', this.#startedAt),
        );
        return;
      case 'call':
        this.#call(Number(a), String(b), toEncoded(parts));
        return;
      case 'done':
        this.#endedThere = true;
        this.#done(toEncoded(parts), Number(a), Number(b));
        return;
      case 'fail':
        this.#endedThere = true;
        this.#dropped(Number(b));
        this.#thrown(Number(a), String(c), String(d), String(e), Number(f));
        return;
      case 'limit':
        this.#endedThere = true;
        this.#limit(String(b), String(c), Number(a));
        return;
      case 'lost':
        this.lost('another job of this project used up the memory of its realm');
        return;
      default:
        this.#runner?.kill(`a task runner sent ${String(kind)}`);
    }
  }

  lost(reason: string): void {
    this.#fail('crashed', placelessError('Crashed', `The job was stopped because ${reason}.`));
  }

  #call(callId: number, operation: string, args: Encoded): void {
    const { jobId } = this.#order;
    const answered = this.#answer(operation, args);
    answered.catch((error: unknown) => {
      if (error instanceof ProtectedError) this.#protectedErrors.set(callId, error);
    });
    answerCall({ runner: this.#runner, jobId, callId }, answered);
  }

  #answer(operation: string, args: Encoded): Promise<Encoded> {
    if (!operation.startsWith(PROTECTED)) return this.#hooks.call(operation, args, 'task');
    if (this.#protected === null) return Promise.reject(new Error('The project has no Protected Code.'));
    return this.#protected.call(operation.slice(PROTECTED.length), args);
  }

  // ---- over ----

  #done(result: Encoded, cpuMs: number, dropped: number): void {
    this.#dropped(dropped);
    const finish = () => this.#finish({ status: 'done', result, cpuMs });
    const declared = this.#protected?.declarations();
    if (declared === undefined) finish();
    else declared.then(finish);
  }

  #dropped(lines: number): void {
    if (lines === 0) return;
    const message = `${lines} more log lines were dropped: the job reached its limit of lines or bytes.`;
    this.#hooks.log({ at: Date.now(), level: 'warning', message, name: 'sluice' });
  }

  #thrown(cpuMs: number, name: string, message: string, stack: string, callId: number): void {
    const located = mapStack(this.#unit, TASK_FILENAME, stack);
    const inside = this.#protectedErrors.get(callId)?.mappedStack;
    const full = inside ? `${located.stack}\nin Protected Code: ${inside}` : located.stack;
    const { file, line, column } = located;
    this.#finish({
      status: 'failed',
      error: { name, message, limit: null, file, line, column, stack: full },
      cpuMs,
    });
  }

  #limit(limit: string, detail: string, cpuMs: number): void {
    const message = limitMessage(limit, this.#order.limits, detail);
    if (limit === 'wall') return this.#fail('timed_out', placelessError('TimedOut', message), cpuMs);
    this.#fail('limit_exceeded', placelessError('LimitExceeded', message, limitName(limit)), cpuMs);
  }

  #timeUp(): void {
    const runner = this.#runner;
    this.#limit('wall', '', 0);
    if (runner === undefined || runner.dead) return;
    // A runner that is stuck in this job's code will not answer; the pong says that it is not.
    runner.expectAnswer(KILL_AFTER_MS);
  }

  #fail(status: Exclude<Outcome['status'], 'done'>, error: JobError, cpuMs = 0): void {
    this.#finish({ status, error, cpuMs });
  }

  #finish(outcome: Outcome): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    if (!this.#endedThere) this.#runner?.send(['end', this.#order.jobId]);
    this.#runner?.release(this.#order.jobId);
    this.#protected?.end();
    this.#settle({ ...outcome, cpuMs: outcome.cpuMs + (this.#protected?.cpuMs ?? 0) });
  }
}
