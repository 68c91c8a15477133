import type { Realm } from './realm.ts';

/** A job as its runner holds it: the realm it lives in, what it may still use, its timers. */
export interface HeldJob {
  readonly id: string;
  readonly unit: string;
  readonly realm: Realm;
  /** `performance.now()` when its wall time is over. */
  readonly deadline: number;
  readonly cpuLimitMs: number;
  readonly timers: Map<number, NodeJS.Timeout>;
  cpuMs: number;
  /** True once its end was told to the server. */
  ended: boolean;
}

/** An entry is stopped by wall time; a busy machine gives a job less than one processor, so it gets a little more. */
const CPU_SLACK = 1.25;
const CPU_SLACK_MS = 50;
const MAX_SLACK_MS = 900;

/** Milliseconds that the job's next entry may take; 0 or less when it has none left. */
export function entryBudget(job: HeldJob, now: number): number {
  const wall = job.deadline - now;
  const cpu = job.cpuLimitMs - job.cpuMs;
  if (cpu <= 0) return 0;
  return Math.ceil(Math.min(wall, cpu + Math.min(cpu * (CPU_SLACK - 1) + CPU_SLACK_MS, MAX_SLACK_MS)));
}

/** The job waits for nothing any more. */
export function dropTimers(job: HeldJob): void {
  for (const timer of job.timers.values()) clearTimeout(timer);
  job.timers.clear();
}
