import type { JobError, JobLimits } from '../types.ts';

/** The sentence a person reads when a limit ended their job: which limit, how large, how to raise it. */
const raise = (key: string): string =>
  `Raise ${key} for the task or the project in project.yaml, or do less at once.`;

/** `limit` as the runner names it; `detail` is its own sentence for limits that the realm counts. */
export function limitMessage(limit: string, limits: JobLimits, detail: string): string {
  switch (limit) {
    case 'wall':
      return `The job ran longer than ${limits.timeoutMs / 1000} s. ${raise('limits.timeout')}`;
    case 'turn':
      return `The job waited ${limits.timeoutMs / 1000} s for its turn and was not begun: too many jobs of its project run at once. Call less often, or make them end sooner.`;
    case 'cpu':
      return `The job used more than ${limits.cpuMs / 1000} s of processor time. ${raise('limits.cpu')}`;
    case 'memory':
      return `The job used more than ${limits.memoryBytes / 1024 / 1024} MB of memory. ${raise('limits.memory')}`;
    default:
      return FIXED[limit] === undefined ? detail : `${detail} ${FIXED[limit]}`;
  }
}

/** What to do about limits that are the same for every job. */
const FIXED: Readonly<Record<string, string>> = {
  calls: 'Every job has this limit: make fewer calls, or do less in one job.',
  messages:
    'Every job has this limit for the arguments and the answer of one call, bodies for fetch among them: pass less at once.',
  result: 'Every job has this limit: return less, or give it to somebody in parts.',
};

const LIMITS = ['cpu', 'memory', 'result', 'messages', 'calls'] as const;

/** Null for wall time, which has a status of its own, and for what a runner may not say. */
export const limitName = (limit: string): JobError['limit'] =>
  LIMITS.find((known) => known === limit) ?? null;
