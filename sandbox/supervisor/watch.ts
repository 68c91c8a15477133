import { monotonic } from '../wire/monotonic.ts';
import type { RunnerProcess } from './runner-process.ts';

/**
 * Looks after runners while they hold jobs, many times a second:
 *
 *   too much memory        killed; isolated-vm limits the heap, and Intl, regular expressions and buffers live outside it
 *   an entry is overdue    killed; some loops of V8's own cannot be interrupted
 *   its thread is taken    jobs that have not begun go to another runner
 *   it says nothing        asked, and killed when it does not answer
 *   it does not read       killed when much waits for it here: what it is to be sent would fill the server's memory
 */
const TICK_MS = 25;
/** How long after its limit an entry may still run, on a busy machine. */
const OVERDUE_MS = 500;
/** Until then an entry on the runner's own thread is no reason to move the jobs behind it. */
const BLOCKED_MS = 150;
const ASK_AFTER_MS = 2_000;
const SILENT_MS = 8_000;
/** Of a runner that says nothing meanwhile, and of any: far more than it is sent at once. */
const MOST_BACKLOG = 256 * 1024 ** 2;
const MOST_BACKLOG_OF_ANY = 1024 ** 3;
/** When this process itself was held up, what it sees is old. */
const LATE_TICK_MS = 250;

export class Watch {
  readonly #runners: () => Iterable<RunnerProcess>;
  #timer: NodeJS.Timeout | undefined;
  #lastTick = 0;

  constructor(runners: () => Iterable<RunnerProcess>) {
    this.#runners = runners;
  }

  /** There are jobs to look after; it stops by itself when there are none. */
  wake(): void {
    if (this.#timer !== undefined) return;
    this.#lastTick = monotonic();
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    const now = monotonic();
    const late = now - this.#lastTick > LATE_TICK_MS;
    this.#lastTick = now;
    const busy = [...this.#runners()].filter((runner) => !runner.dead && runner.isBusy);
    if (busy.length === 0) return this.stop();
    for (const runner of busy) look(runner, now, late);
  }
}

function look(runner: RunnerProcess, now: number, late: boolean): void {
  if (runner.isTooLarge()) return runner.kill({ kind: 'memory', alone: runner.served === 1 });
  if (late) return;
  const entered = runner.entered();
  const overdue = entered.find(({ limitAt }) => now > limitAt + OVERDUE_MS);
  if (overdue !== undefined) return runner.kill({ kind: 'overdue', entered: overdue });
  const mostBacklog = runner.isStalled(BLOCKED_MS) ? MOST_BACKLOG : MOST_BACKLOG_OF_ANY;
  if (runner.backlog > mostBacklog) return runner.kill({ kind: 'silent' });
  const onThread = entered.some((entry) => entry.onThread);
  if (onThread && runner.isStalled(BLOCKED_MS)) runner.moveJobs(entered);
  if (onThread || !runner.isStalled(ASK_AFTER_MS)) return;
  if (runner.isStalled(SILENT_MS)) runner.kill({ kind: 'silent' });
  else runner.ask();
}
