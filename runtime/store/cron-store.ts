import type { JobRow } from './job-store.ts';
import type { LogWrite } from './log-store.ts';

/** When a cron trigger runs next. It ends with its trigger. */
export interface CronPlan {
  readonly project_id: string;
  /** Of the trigger. */
  readonly name: string;
  /** What `next_at` was worked out from, as text; another one asks for a new plan. */
  readonly rhythm: string;
  /** Null: never again. */
  readonly next_at: number | null;
  /** False while the trigger, its task or its project is switched off: it does not fall due. */
  readonly armed: boolean;
}

/** A plan as it shall be. */
export interface CronPlanWrite extends CronPlan {
  /**
   * The plan that this one was worked out from, null for none: when it is another one by now, nothing is written, as somebody else was
   * quicker. Without it the plan is written in any case.
   */
  readonly before?: CronPlan | null;
}

/** A plan that is due. */
export interface DueTick {
  readonly project_id: string;
  /** Slug. */
  readonly project: string;
  readonly name: string;
  readonly rhythm: string;
  readonly next_at: number;
}

export interface TickWrite {
  readonly project_id: string;
  readonly name: string;
  /** The tick that is taken: the plan's `next_at` until now. */
  readonly planned_at: number;
  /** The tick after it. */
  readonly next_at: number | null;
  /** Queued unless the trigger's job before it is unfinished; null: the tick is let go. */
  readonly job: JobRow | null;
  /** Written when the tick is taken. */
  readonly logs: readonly LogWrite[];
  /** Written instead when the job before is unfinished. */
  readonly unfinished: LogWrite;
}

/** `taken`: by somebody else, or the plan has changed; nothing was written. */
export type TickOutcome = 'queued' | 'let_go' | 'unfinished' | 'taken';

export interface CronStore {
  /** Of one project. */
  listCronPlans(projectId: string): Promise<readonly CronPlan[]>;
  /** Writes plans of triggers that exist; those of others are left out. */
  putCronPlans(plans: readonly CronPlanWrite[]): Promise<void>;
  /** The armed plans whose time has come, the earliest first. */
  dueTicks(now: number, limit: number): Promise<readonly DueTick[]>;
  /** When the next armed plan falls due; null when none will. */
  nextTickAt(): Promise<number | null>;
  /** Moves the plan on and queues the job in one commit, so that each tick has one job at most, and none is lost. */
  takeTick(tick: TickWrite): Promise<TickOutcome>;
  /** Queues a job of a cron trigger. False, and nothing is written, when the one before it is unfinished. */
  enqueueAlone(job: JobRow): Promise<boolean>;
}
