import { sizeOf } from './encoded-parts.ts';
import type { Head } from './frames.ts';
import type { TaskStart } from './realm/task-entry.ts';
import { realmLimits } from './realm-limits.ts';
import type { Encoded, JobOrder } from './types.ts';

/** What tells a task runner to begin a job. `bytes` is about the size of it. */
export interface StartFrame {
  readonly head: Head;
  readonly parts: readonly (string | Uint8Array)[];
  readonly bytes: number;
}

/** How a runner knows a unit. Two projects never share a realm, be their code the same. */
export function unitOf(
  { projectId, program }: JobOrder,
  name: string,
): { readonly id: string; readonly program: string } {
  const owned = `${projectId}/${program.id}`;
  return { id: `${owned}:${name}`, program: owned };
}

/** `names` are what Protected Code offers to the task. */
export function startFrame(order: JobOrder, names: Encoded): StartFrame {
  const { jobId, task, handler, input, context, limits } = order;
  const { memoryBytes, timeoutMs, cpuMs } = limits;
  const start: TaskStart = { handler, context, limits: realmLimits(limits) };
  return {
    head: ['start', jobId, unitOf(order, task).id, memoryBytes, timeoutMs, cpuMs, input.tails.length],
    parts: [JSON.stringify(start), input.text, names.text, ...input.tails, ...names.tails],
    bytes: sizeOf(input),
  };
}
