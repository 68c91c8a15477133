import type { GateOptions } from './create-gate.ts';
import type { Gate } from './gate.ts';

/**
 * A gate that is loaded at its first call: its HTTP client takes longer to load than most of the server, and a start has
 * no use for it.
 */
export function lateGate(options: GateOptions): Gate {
  let opened: Promise<Gate> | undefined;

  const open = async (): Promise<Gate> => {
    const { createGate } = await import('./create-gate.ts');
    return createGate(options);
  };

  return {
    async call(operation, args, origin) {
      opened ??= open();
      return (await opened).call(operation, args, origin);
    },
    async dial(place, origin) {
      opened ??= open();
      return (await opened).dial(place, origin);
    },
    written: async (origin) => (opened === undefined ? 0 : (await opened).written(origin)),
    async close() {
      opened ??= Promise.resolve(CLOSED);
      await (await opened).close();
    },
  };
}

/** What a gate is that was closed before its first call. */
const CLOSED: Gate = {
  call: () => Promise.reject(new Error('Sluice is stopping.')),
  dial: () => Promise.reject(new Error('Sluice is stopping.')),
  written: () => Promise.resolve(0),
  close: () => Promise.resolve(),
};
