import type { JobRow } from './job-store.ts';
import type { LogWrite } from './log-store.ts';

/** Up to where due records were taken: all that fell due until `checked_at`, and of the next millisecond those with ids up to `after_id`. */
export interface TimedPlace {
  readonly checked_at: number;
  readonly after_id: number;
}

/** Up to where a db trigger on a time has looked for records that are due. It ends with its trigger. */
export interface TimedPlan extends TimedPlace {
  readonly project_id: string;
  /** Of the trigger. */
  readonly name: string;
  /** What is looked for, as text; another one begins anew. */
  readonly rule: string;
  /** False while the trigger, its task or its project is switched off: what falls due meanwhile was not wanted. */
  readonly armed: boolean;
}

/** A plan as it shall be. */
export interface TimedPlanWrite extends TimedPlan {
  /** The plan that this one was worked out from, null for none: when it is another one by now, nothing is written. Without it: in any case. */
  readonly before?: TimedPlan | null;
}

export interface TimedWrite extends TimedPlace {
  readonly project_id: string;
  readonly name: string;
  /** The plan's place until now. */
  readonly expected: TimedPlace;
  readonly jobs: readonly JobRow[];
  readonly logs: readonly LogWrite[];
}

export interface TimedStore {
  /** Of one project. */
  listTimedPlans(projectId: string): Promise<readonly TimedPlan[]>;
  /** Writes plans of triggers that exist; those of others are left out. */
  putTimedPlans(plans: readonly TimedPlanWrite[]): Promise<void>;
  /** Moves the plan on and queues its jobs in one commit: each time falls due once. False, and nothing is written, when somebody else did. */
  takeTimed(write: TimedWrite): Promise<boolean>;
}
