import type { ServerLog } from '../server-log.ts';

export interface RefusalLog {
  /** One webhook of `project` was refused. What has the same `kind` and project is told together. */
  refused(project: string, kind: string, reason: string): void;
  /** Tells what has not been told yet. */
  stop(): void;
}

/** An operator is told once in this time for each project and kind. */
const TOLD_EVERY_MS = 10_000;

interface Burst {
  readonly project: string;
  readonly timer: NodeJS.Timeout;
  /** How many came since the last line. */
  untold: number;
  reason: string;
}

/**
 * Tells an operator of refused webhooks in few lines that miss none: the first at once, those of the next ten seconds with
 * their number when that time is over, and so on until one passes in which none came.
 */
export function createRefusalLog(
  log: Pick<ServerLog, 'warning'>,
  { everyMs = TOLD_EVERY_MS }: { readonly everyMs?: number } = {},
): RefusalLog {
  const bursts = new Map<string, Burst>();

  function tell(
    key: string,
    { project, reason, untold }: Pick<Burst, 'project' | 'reason' | 'untold'>,
  ): void {
    log.warning(`Webhooks are answered 503: ${reason}`, { project, refused: untold });
    const timer = setTimeout(() => goOn(key), everyMs);
    timer.unref();
    bursts.set(key, { project, timer, untold: 0, reason });
  }

  function goOn(key: string): void {
    const burst = bursts.get(key);
    bursts.delete(key);
    if (burst !== undefined && burst.untold > 0) tell(key, burst);
  }

  return {
    refused(project, kind, reason) {
      const key = `${kind} ${project}`;
      const burst = bursts.get(key);
      if (burst === undefined) return tell(key, { project, reason, untold: 1 });
      burst.untold += 1;
      burst.reason = reason;
    },
    stop() {
      for (const key of [...bursts.keys()]) goOn(key);
      for (const { timer } of bursts.values()) clearTimeout(timer);
      bursts.clear();
    },
  };
}
