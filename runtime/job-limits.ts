import type { JobLimits } from '../sandbox/types.ts';
import type { LimitSpec, Manifest, TaskSpec } from './project/manifest.ts';

const MB = 1024 * 1024;
const SECOND = 1000;

/** What a job gets when neither its task nor its project says otherwise. Times in milliseconds, sizes in bytes. */
const DEFAULTS = { timeout: 30 * SECOND, cpu: 10 * SECOND, memory: 64 * MB, concurrency: 10 };

/** What nobody gets more of. Times in milliseconds, sizes in bytes. */
export const HIGHEST_LIMITS = {
  timeout: 3600 * SECOND,
  cpu: 600 * SECOND,
  memory: 1024 * MB,
  concurrency: 100,
};

const effective = (manifest: Manifest, task: TaskSpec, key: keyof LimitSpec): number =>
  Math.min(task.limits[key] ?? manifest.limits[key] ?? DEFAULTS[key], HIGHEST_LIMITS[key]);

/** Limits of one job: the task's, else the project's, else the instance's; never above the instance's maximum. */
export function jobLimits(manifest: Manifest, task: TaskSpec): JobLimits {
  return Object.freeze({
    timeoutMs: effective(manifest, task, 'timeout'),
    cpuMs: effective(manifest, task, 'cpu'),
    memoryBytes: effective(manifest, task, 'memory'),
    logLines: 1000,
    logBytes: MB,
    resultBytes: 8 * MB,
    messageBytes: 8 * MB,
    calls: 10_000,
  });
}

/** How many queued jobs of a task run beside each other. */
export const taskConcurrency = (manifest: Manifest, task: TaskSpec): number =>
  Math.max(1, effective(manifest, task, 'concurrency'));
