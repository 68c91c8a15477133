import { setImmediate } from 'node:timers/promises';
import type { Encoded } from '../sandbox/types.ts';
import { decode } from '../sandbox/wire/decode.ts';
import { encode } from '../sandbox/wire/encode.ts';
import type { JobOrigin } from './gate/gate.ts';
import { Slots } from './gate/slots.ts';

/** Calls of one job that are served beside each other; the others wait. */
const AT_ONCE = 4;

/** On whose behalf an operation runs. */
export interface StoreCaller {
  readonly projectId: string;
  readonly from: 'task' | 'protected';
}

/** Arguments as they came, results as plain data. Throws an error for the job's code. */
export type StoreOperation = (caller: StoreCaller, args: readonly unknown[]) => Promise<unknown>;

/** What code of a project reaches of what is kept for it. */
export interface StoreCalls {
  /** True for the operations that `call` knows. */
  has(operation: string): boolean;
  /** One operation on what belongs to the job's project, arguments and result encoded. Rejects with an error for the job's code. */
  call(operation: string, args: Encoded, origin: JobOrigin, from: 'task' | 'protected'): Promise<Encoded>;
}

/** Serves operations by name, a bounded number of each job at once. */
export function serveStoreCalls(operations: ReadonlyMap<string, StoreOperation>): StoreCalls {
  const slots = new Slots(AT_ONCE, Number.POSITIVE_INFINITY);

  return {
    has: (operation) => operations.has(operation),

    async call(operation, args, { project, jobId, signal }, from) {
      const run = operations.get(operation);
      if (run === undefined) throw new Error(`There is no operation "${operation.slice(0, 100)}".`);
      const leave = await slots.take(jobId, signal);
      try {
        // Many reads in a row would hold everybody up otherwise.
        await setImmediate();
        signal.throwIfAborted();
        const list: unknown = decode(args);
        const caller = { projectId: project.project.id, from };
        return encode(await run(caller, Array.isArray(list) ? list : []));
      } finally {
        leave();
      }
    },
  };
}
