import { setImmediate } from 'node:timers/promises';
import type { Encoded } from '../../sandbox/types.ts';
import { decode } from '../../sandbox/wire/decode.ts';
import { encode } from '../../sandbox/wire/encode.ts';
import type { Origin } from '../gate/gate.ts';
import { Slots } from '../gate/slots.ts';
import type { RegisterStore } from '../store/register-store.ts';
import { REGISTER_OPERATIONS } from './operations.ts';

/** Calls of one job that are served beside each other; the others wait. */
const AT_ONCE = 4;

/** Registers as code of a project reaches them. */
export interface Registers {
  /** True for the operations that `call` knows. */
  has(operation: string): boolean;
  /**
   * One operation on registers of the job's project, arguments and result encoded. Rejects with an error for the job's code:
   * `ConflictError`, TypeError or RangeError. No message holds a value.
   */
  call(operation: string, args: Encoded, origin: Origin, from: 'task' | 'protected'): Promise<Encoded>;
}

export function createRegisters({
  store,
  now,
}: {
  readonly store: RegisterStore;
  readonly now: () => number;
}): Registers {
  const slots = new Slots(AT_ONCE, Number.POSITIVE_INFINITY);

  return {
    has: (operation) => REGISTER_OPERATIONS.has(operation),

    async call(operation, args, { project, jobId, signal }, from) {
      const run = REGISTER_OPERATIONS.get(operation);
      if (run === undefined) throw new Error(`There is no operation "${operation.slice(0, 100)}".`);
      const leave = await slots.take(jobId, signal);
      try {
        // Many reads in a row would hold everybody up otherwise.
        await setImmediate();
        signal.throwIfAborted();
        const list: unknown = decode(args);
        const caller = { store, now, projectId: project.project.id, from };
        return encode(await run(caller, Array.isArray(list) ? list : []));
      } finally {
        leave();
      }
    },
  };
}
