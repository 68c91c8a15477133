import { TASK_FILENAME } from '../compile/filenames.ts';
import type { Wanted } from '../supervisor/fleet.ts';
import type { Loss } from '../supervisor/loss.ts';
import type { JobPort, RunnerProcess } from '../supervisor/runner-process.ts';
import type { Supervisor } from '../supervisor/supervisor.ts';
import type { Encoded, JobOrder, TaskUnit } from '../types.ts';
import type { Head } from '../wire/frames.ts';
import { answerCall } from './answer-call.ts';
import { FrameBudget } from './frame-budget.ts';
import { type CallFrame, type LogFrame, noFrame, readTaskFrame, type TaskFrame } from './job-frames.ts';
import { LOST_REALM } from './loss-messages.ts';
import { startFrame, unitOf } from './start-frame.ts';

/** How the task ended by itself, in its runner's words. */
export type TaskEnd = Extract<TaskFrame, { kind: 'done' | 'fail' | 'limit' }>;

/** What a job hears from its task. */
export interface TaskListener {
  log(line: LogFrame): void;
  call(call: CallFrame): Promise<Encoded>;
  /** Processor time that the job has used outside of the task, in milliseconds. */
  elsewhereMs(): number;
  ended(end: TaskEnd): void;
  /** It begins again although it had written lines. */
  beganAgain(): void;
  /** Its runner is gone, and it does not begin again. */
  lost(loss: Loss): void;
}

/** A job that keeps losing its runner to others is given up at last. */
const MAX_BEGINNINGS = 4;
/** How long after its wall time a job may take to be stopped before its runner is killed. */
const KILL_AFTER_MS = 500;

/**
 * The task's side of one job: the task runner that it is in. When that is lost to another job, or held up by one, and this
 * job has not called out, it begins again in another runner: whatever it does to the world passes through here, so nobody
 * can tell.
 */
export class TaskRun implements JobPort {
  readonly memoryBytes: number;
  readonly #order: JobOrder;
  readonly #supervisor: Supervisor;
  readonly #unit: TaskUnit;
  readonly #listener: TaskListener;
  #budget: FrameBudget;
  #runner: RunnerProcess | undefined;
  #names: Encoded | undefined;
  #beginnings = 0;
  #lane: Wanted['lane'] = 'new';
  #moved = false;
  /** What its runner calls it: what is left of an earlier beginning there is not taken for this one. */
  #runId = '';
  #spoke = false;
  #calledOut = false;
  /** Its runner said that it is over there. */
  #endedThere = false;
  /** Gives the turn back that it has, or waits for, to run alone. */
  #leaveTurn: (() => void) | undefined;
  /** Nobody listens any more. */
  #over = false;

  constructor(order: JobOrder, supervisor: Supervisor, unit: TaskUnit, listener: TaskListener) {
    this.#order = order;
    this.#supervisor = supervisor;
    this.#unit = unit;
    this.#listener = listener;
    this.memoryBytes = order.limits.memoryBytes;
    this.#budget = new FrameBudget(order.limits);
  }

  get hasCalledOut(): boolean {
    return this.#calledOut;
  }

  /** Begins in a runner that suits what is known of the task. `names` are what Protected Code offers to it. */
  begin(names: Encoded): void {
    this.#names = names;
    this.#beginIn(this.#order.alone === true);
  }

  /** `alone`: it may have ended a runner. */
  #beginIn(alone: boolean): void {
    const { conduct, turnsAlone } = this.#supervisor;
    if (!alone) return this.#beginNow(conduct.laneOf(this.#order));
    this.#leaveTurn = turnsAlone.enter(this.#order.projectId, () => this.#beginNow('alone'));
  }

  #beginNow(lane: Wanted['lane']): void {
    const names = this.#names;
    if (names === undefined) return;
    const { jobId, projectId, task, ownRealm, limits } = this.#order;
    this.#beginnings += 1;
    this.#lane = lane;
    this.#runId = this.#beginnings === 1 ? jobId : `${jobId}#${this.#beginnings}`;
    this.#endedThere = false;
    this.#budget = new FrameBudget(limits);
    const runner = this.#supervisor.fleet.holdTask({ projectId, lane }, this.#runId, this);
    this.#runner = runner;
    const start = startFrame(this.#order, this.#runId, names);
    runner.load(unitOf(this.#order, task, ownRealm.task), TASK_FILENAME, this.#unit.code);
    runner.send(start.head, start.parts);
  }

  /** The job is over. */
  end(outcome: Parameters<Supervisor['conduct']['ended']>[1]): void {
    this.#over = true;
    const runner = this.#runner;
    if (runner === undefined) return this.#leaveTurn?.();
    if (this.#endedThere) runner.release(this.#runId);
    else runner.abandon(this.#runId);
    if (this.#leaveTurn !== undefined) {
      if (this.#endedThere) runner.kill({ kind: 'unwanted' });
      runner.ended.then(this.#leaveTurn);
    }
    this.#supervisor.conduct.ended(this.#order, outcome);
  }

  /** Its time is over: a runner that is stuck in its code will not answer and is killed; the pong says that it is not. */
  expectRunner(): void {
    if (this.#runner?.dead === false) this.#runner.expectAnswer(KILL_AFTER_MS);
  }

  // ---- frames of the task runner ----

  frame(head: Head, parts: readonly Uint8Array[]): void {
    const frame = readTaskFrame(head, parts);
    const problem = frame === undefined ? noFrame(head) : this.#handle(frame);
    if (problem !== undefined) this.#runner?.accuse(problem);
  }

  /** Says what is wrong with it, or undefined. */
  #handle(frame: TaskFrame): string | undefined {
    if (this.#endedThere) return 'a word after the end of the job';
    switch (frame.kind) {
      case 'log':
        return this.#budget.log(frame) ?? this.#log(frame);
      case 'call':
        return this.#budget.call(frame) ?? this.#call(frame);
      case 'done':
        return this.#budget.result(frame.result) ?? this.#ended(frame);
      case 'fail':
      case 'limit':
        return this.#ended(frame);
      case 'lost':
        this.#endedThere = true;
        this.lost(LOST_REALM);
        return undefined;
    }
  }

  #log(frame: LogFrame): undefined {
    this.#spoke = true;
    this.#listener.log(frame);
  }

  #call(frame: CallFrame): undefined {
    this.#calledOut = true;
    const { callId } = frame;
    const answered = this.#listener.call(frame);
    answered.catch(() => {}).finally(() => this.#budget.answered(callId));
    const { elsewhereMs } = this.#listener;
    answerCall({ runner: this.#runner, jobId: this.#runId, callId, elsewhereMs }, answered);
  }

  #ended(frame: TaskEnd): undefined {
    this.#endedThere = true;
    this.#listener.ended(frame);
  }

  // ---- its runner is lost, or held up ----

  lost(loss: Loss): void {
    if (loss.verdict === 'guilty') this.#supervisor.conduct.endedItsRunner(this.#order, Date.now());
    if (loss.verdict === 'suspect') this.#supervisor.conduct.suspected(this.#order);
    if (this.#over) return;
    this.#runner?.release(this.#runId);
    this.#runner = undefined;
    this.#leaveTurn?.();
    this.#leaveTurn = undefined;
    if (loss.verdict === 'guilty' || !this.#mayBeginAgain) return this.#listener.lost(loss);
    if (this.#spoke) this.#listener.beganAgain();
    this.#beginIn(loss.verdict === 'suspect' || this.#order.alone === true);
  }

  /** Once, and out of the shared lane: in all others the next runner would be this one, and a beginning lost for nothing. */
  blocked(): void {
    const goes = this.#lane === 'shared' && !this.#moved;
    if (!goes || this.#over || this.#spoke || !this.#mayBeginAgain) return;
    this.#moved = true;
    this.#runner?.send(['end', this.#runId]);
    this.#runner?.release(this.#runId);
    this.#beginIn(false);
  }

  get #mayBeginAgain(): boolean {
    return !this.#calledOut && this.#beginnings < MAX_BEGINNINGS;
  }
}
