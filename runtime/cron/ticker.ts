import type { Catalog } from '../catalog.ts';
import type { Clock } from '../clock.ts';
import type { LiveProject } from '../live-project.ts';
import { LookLoop } from '../look-loop.ts';
import type { DueTick } from '../store/cron-store.ts';
import type { Store } from '../store/store.ts';
import { Trouble } from '../trouble.ts';
import { changedPlans, type LiveCron, liveCron } from './plan.ts';
import { rhythmText } from './rhythm.ts';
import { tickWrite } from './tick.ts';

/** The system's clock may be put forward while a timer waits for what it showed before. */
const LONGEST_SLEEP_MS = 60_000;
/** What a clock loses when it is put right by small steps. */
const SMALL_STEP_MS = 60_000;
/** After an error. */
const SHORT_SLEEP_MS = 1000;
/** Ticks that are taken in one commit. */
const AT_ONCE = 200;

export interface TickerDeps {
  readonly store: Pick<Store, 'listCronPlans' | 'putCronPlans' | 'dueTicks' | 'nextTickAt' | 'takeTick'>;
  readonly catalog: Pick<Catalog, 'get' | 'list'>;
  readonly clock: Clock;
  /** Reads a project again that another process may have changed a moment ago. */
  lookAgain(slug: string): Promise<void>;
  /** Tells the worker that there is something to do. */
  wake(): void;
  /** Told to the operator. */
  report(message: string): void;
}

/**
 * Starts the jobs of all cron triggers with one timer, set to the earliest tick that the store knows.
 *
 *     asleep -> (the next tick is due, a plan changed, or a minute is over) -> taking ticks until none is due -> asleep
 *
 * Plans are changed and ticks are taken in turns, never both at a time. When the clock is put back, no tick comes twice:
 * the plan has moved on, and waits.
 */
export class Ticker {
  readonly #deps: TickerDeps;
  readonly #loop: LookLoop;
  readonly #trouble: Trouble;
  #latest = 0;

  constructor(deps: TickerDeps) {
    this.#deps = deps;
    this.#trouble = new Trouble(deps.report);
    this.#loop = new LookLoop(deps.clock, () => this.#look());
  }

  /** Makes the plans fit the projects, and takes what was missed. */
  start(): Promise<void> {
    return this.#loop.inTurn(async () => {
      for (const { project } of this.#deps.catalog.list()) await this.#plan(project.slug);
    });
  }

  /** Makes a project's plans fit it after a change. Rejects when they cannot be written. */
  plan(slug: string): Promise<void> {
    return this.#loop.inTurn(() => this.#plan(slug));
  }

  /** Takes no tick any more. Resolves when none is being taken. */
  stop(): Promise<void> {
    return this.#loop.stop();
  }

  async #plan(slug: string): Promise<void> {
    const { store, catalog, clock } = this.#deps;
    const live = catalog.get(slug);
    if (live === undefined) return;
    const plans = await store.listCronPlans(live.project.id);
    const changed = changedPlans(live, plans, clock.now());
    if (changed.length > 0) await store.putCronPlans(changed);
  }

  /** Never rejects. Returns for how long to sleep, in milliseconds. */
  async #look(): Promise<number> {
    const { clock } = this.#deps;
    this.#watchClock();
    try {
      const next = await this.#takeDue();
      this.#trouble.went();
      return next - clock.now();
    } catch (error) {
      this.#trouble.failed('Cron triggers cannot be started', error);
      return SHORT_SLEEP_MS;
    }
  }

  #watchClock(): void {
    const now = this.#deps.clock.now();
    const back = this.#latest - now;
    if (back > SMALL_STEP_MS) {
      const message = `The system's clock was put back by ${Math.round(back / 1000)} s. Cron triggers wait until it shows their next run; set "next" of one that shall run before.`;
      this.#deps.report(message);
    }
    this.#latest = back > SMALL_STEP_MS ? now : Math.max(this.#latest, now);
  }

  /** Returns until when to sleep. */
  async #takeDue(): Promise<number> {
    const { store, clock } = this.#deps;
    let due: readonly DueTick[];
    do {
      due = await store.dueTicks(clock.now(), AT_ONCE);
      await Promise.all(due.map((tick) => this.#take(tick)));
    } while (due.length === AT_ONCE && !this.#loop.stopped);
    const next = await store.nextTickAt();
    const latest = clock.now() + LONGEST_SLEEP_MS;
    return next === null ? latest : Math.min(next, latest);
  }

  /** Whatever comes of it, the tick is not due any more. */
  async #take(due: DueTick): Promise<void> {
    const { store, clock, wake, lookAgain } = this.#deps;
    let found = this.#find(due);
    if (!isPlanned(found, due)) {
      await lookAgain(due.project);
      found = this.#find(due);
    }
    // The project is being deleted, or is not what it was a moment ago.
    if (found === undefined)
      return store.putCronPlans([{ ...due, armed: false, before: { ...due, armed: true } }]);
    if (!isPlanned(found, due)) return this.#plan(due.project);
    const outcome = await store.takeTick(tickWrite(found.live, found.cron, due, clock.now()));
    if (outcome === 'queued') wake();
  }

  #find(due: DueTick): Found | undefined {
    const live = this.#deps.catalog.get(due.project);
    const cron = live?.project.id === due.project_id ? liveCron(live, due.name) : undefined;
    return live === undefined || cron === undefined ? undefined : { live, cron };
  }
}

interface Found {
  readonly live: LiveProject;
  readonly cron: LiveCron;
}

/** Its plan is what it should be. */
const isPlanned = (found: Found | undefined, { rhythm }: DueTick): boolean =>
  found?.cron.trigger.active === true && rhythmText(found.cron.rhythm) === rhythm;
