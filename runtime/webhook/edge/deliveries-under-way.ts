import type { Clock } from '../../clock.ts';
import { uuidv7 } from '../../ids.ts';
import type { Store } from '../../store/store.ts';

/** Deliveries whose job runs now, for a caller that waits. */
export interface DeliveriesUnderWay {
  /**
   * Begins with one that is known by these keys and gives what ends it; undefined while another visit, here or at another process, is at one
   * of them. Rejects when the store cannot be used.
   */
  begin(keys: readonly string[]): Promise<(() => void) | undefined>;
}

export interface DeliveriesUnderWayDeps {
  readonly store: Pick<Store, 'isShared' | 'holdErrand' | 'endErrand'>;
  readonly clock: Clock;
  /** Of the jobs of this process, in milliseconds: so long the callers of one that died have to wait. */
  readonly leaseMs: number;
}

/** Two renewals may be late or fail. */
const RENEWALS = 3;

/** Here they are known in memory; where the store is shared each is an errand too, gone on with until it ends. */
export function deliveriesUnderWay({ store, clock, leaseMs }: DeliveriesUnderWayDeps): DeliveriesUnderWay {
  const here = new Set<string>();

  return {
    async begin(keys) {
      if (keys.some((key) => here.has(key))) return undefined;
      for (const key of keys) here.add(key);
      const holder = uuidv7(clock.now());
      let isOver = false;
      let stopTimer = () => {};

      async function hold(): Promise<boolean> {
        for (const key of keys) {
          const now = clock.now();
          if (!(await store.holdErrand(errandOf(key), holder, now, now + leaseMs))) return false;
        }
        return true;
      }
      function end(): void {
        isOver = true;
        stopTimer();
        for (const key of keys) here.delete(key);
        endErrands();
      }
      function endErrands(): void {
        // They end by themselves when this cannot be written.
        for (const key of keys) store.endErrand(errandOf(key), holder).catch(() => {});
      }
      function renewLater(): void {
        stopTimer = clock.after(leaseMs / RENEWALS, async () => {
          await hold().catch(() => false);
          // They may have been written again after their end.
          if (isOver) endErrands();
          else renewLater();
        });
      }

      const isFirst = await hold().catch((error: unknown) => {
        end();
        throw error;
      });
      if (!isFirst) {
        end();
        return undefined;
      }
      if (store.isShared && keys.length > 0) renewLater();
      return end;
    },
  };
}

const errandOf = (key: string): string => `delivery ${key}`;
