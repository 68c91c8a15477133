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
  /** Processor time of the job's other side: the task's for Protected Code, and the other way round. */
  elsewhereMs: number;
  /** How many entries have left a rejection unhandled. */
  rejections: number;
  /** True once its end was told to the server. */
  ended: boolean;
}

/** An entry is stopped by wall time; a busy machine gives a job less than one processor, so it gets a little more. */
const CPU_SLACK = 1.25;
const CPU_SLACK_MS = 50;
const MAX_SLACK_MS = 900;

/** What the job's next entry may take, and which limit it has reached then. */
export interface EntryBudget {
  /** 0 or less when nothing is left. */
  readonly ms: number;
  readonly limit: 'wall' | 'cpu';
}

export function entryBudget(job: HeldJob, now: number): EntryBudget {
  const wall = job.deadline - now;
  const cpu = job.cpuLimitMs - job.cpuMs - job.elsewhereMs;
  if (cpu <= 0) return { ms: 0, limit: 'cpu' };
  const slack = Math.min(cpu * (CPU_SLACK - 1) + CPU_SLACK_MS, MAX_SLACK_MS);
  const ms = Math.ceil(Math.min(wall, cpu + slack));
  return { ms, limit: wall <= cpu + slack ? 'wall' : 'cpu' };
}

/** The job waits for nothing any more. */
export function dropTimers(job: HeldJob): void {
  for (const timer of job.timers.values()) clearTimeout(timer);
  job.timers.clear();
}
