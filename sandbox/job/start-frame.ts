import type { TaskStart } from '../realm/task-entry.ts';
import type { LoadedUnit } from '../supervisor/runner-process.ts';
import type { Encoded, JobOrder } from '../types.ts';
import type { Head } from '../wire/frames.ts';
import { realmLimits } from './realm-limits.ts';

/** What tells a task runner to begin a job. */
export interface StartFrame {
  readonly head: Head;
  readonly parts: readonly (string | Uint8Array)[];
}

/** Two projects never share a realm, be their code the same. `own`: a realm for each job. */
export function unitOf({ projectId, program }: JobOrder, name: string, own: boolean): LoadedUnit {
  const owned = `${projectId}/${program.id}`;
  return { id: `${owned}:${name}${own ? ':own' : ''}`, program: owned, own };
}

/** `runId` is what the runner calls the job; `names` are what Protected Code offers to the task. */
export function startFrame(order: JobOrder, runId: string, names: Encoded): StartFrame {
  const { task, handler, input, context, limits, isSubJob = false } = order;
  const { memoryBytes, timeoutMs, cpuMs } = limits;
  const start: TaskStart = { handler, isSubJob, context, limits: realmLimits(limits) };
  return {
    head: [
      'start',
      runId,
      unitOf(order, task, order.ownRealm.task).id,
      memoryBytes,
      timeoutMs,
      cpuMs,
      input.tails.length,
    ],
    parts: [JSON.stringify(start), input.text, names.text, ...input.tails, ...names.tails],
  };
}
