import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../sandbox/message-of.ts';
import { type Figures, figuresOf } from './figures.ts';

/** Something asked again and again while attacks go on. */
export interface Watch {
  /** Ends it. */
  stop(): Promise<Watched>;
}

export interface Watched {
  readonly figures: Figures;
  /** What was wrong, and how often. */
  readonly failures: ReadonlyMap<string, number>;
}

/** Calls `ask` every so many milliseconds; what it throws counts as a failure of that name. */
export function watch(everyMs: number, ask: () => Promise<void>): Watch {
  const times: number[] = [];
  const failures = new Map<string, number>();
  let stopped = false;

  async function once(): Promise<void> {
    const start = performance.now();
    try {
      await ask();
      times.push(performance.now() - start);
    } catch (error) {
      const what = messageOf(error);
      failures.set(what, (failures.get(what) ?? 0) + 1);
    }
  }
  const loop = (async () => {
    while (!stopped) {
      await once();
      await sleep(everyMs);
    }
  })();

  return {
    async stop() {
      stopped = true;
      await loop;
      return { figures: figuresOf(times), failures };
    },
  };
}
