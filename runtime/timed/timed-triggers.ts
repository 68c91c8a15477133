import { messageOf } from '../../sandbox/message-of.ts';
import type { JobUser } from '../../sandbox/types.ts';
import type { Catalog } from '../catalog.ts';
import type { Clock } from '../clock.ts';
import type { LiveProject } from '../live-project.ts';
import { LookLoop } from '../look-loop.ts';
import type { JobRow } from '../store/job-store.ts';
import type { LogStore } from '../store/log-store.ts';
import type { Model, RecordStore } from '../store/record-store.ts';
import type { TimedPlace, TimedPlan, TimedStore } from '../store/timed-store.ts';
import { dbJobsOfRows, StartedSize, TooMuchStarted } from '../triggers/db-jobs-of-rows.ts';
import { Trouble } from '../trouble.ts';
import { Turns } from '../turns.ts';
import { type Due, dueRecords, firstOf } from './due-records.ts';
import { changedTimedPlans, type LiveTimed, liveTimed, ruleText } from './timed-plan.ts';

/** Between two looks, and how much longer than a look the pause after it is. */
const LOOK_EVERY_MS = 5000;
const PAUSE_FACTOR = 50;
/** A plan that finds nothing is moved on so seldom: until then it looks at the same time again. */
const MOVE_EVERY_MS = 60_000;
/** Of the jobs that are queued in one turn of the server's thread, in characters of what they are stored with. */
const LARGEST_TAKEN = 8 * 1024 ** 2;

/**
 * A change says what time it is before it is committed, so that a look could pass a time that comes to be seen only afterwards. What is due
 * sooner than so after its field's time is looked for so much later.
 */
const COMMIT_MS = 3000;

export interface TimedDeps {
  readonly store: RecordStore & TimedStore & Pick<LogStore, 'appendLogs'>;
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
 * Starts the jobs of db triggers on a time: looks every few seconds for records whose time has come since the last look.
 *
 *     asleep -> (a pause is over, or a plan changed) -> looking, trigger by trigger -> asleep; without such triggers for good
 *
 * Plans are changed and looks are made in turns. What a look finds and up to where it looked is committed together, so that each record
 * falls due once, and what fell due while nobody looked is found later.
 */
export class TimedTriggers {
  readonly #deps: TimedDeps;
  /** Whose domain could not be used, so that it is said once. */
  readonly #broken = new Set<string>();
  readonly #loop: LookLoop;
  readonly #trouble: Trouble;

  constructor(deps: TimedDeps) {
    this.#deps = deps;
    this.#trouble = new Trouble(deps.report);
    this.#loop = new LookLoop(deps.clock, () => this.#look());
  }

  /** Makes the plans fit the projects, and takes what fell due meanwhile. */
  start(): Promise<void> {
    return this.#loop.inTurn(async () => {
      for (const live of this.#deps.catalog.list()) await this.#plan(live);
    });
  }

  /** Makes a project's plans fit it after a change. Rejects when they cannot be written. */
  plan(slug: string): Promise<void> {
    const live = this.#deps.catalog.get(slug);
    if (live === undefined) return Promise.resolve();
    for (const key of this.#broken) if (key.startsWith(`${live.project.id}/`)) this.#broken.delete(key);
    return this.#loop.inTurn(() => this.#plan(live));
  }

  /** Looks no more. Resolves when no look is under way. */
  stop(): Promise<void> {
    return this.#loop.stop();
  }

  async #plan(live: LiveProject): Promise<void> {
    if (!timedOf(live).some(() => true)) return;
    const { store, clock } = this.#deps;
    const plans = await store.listTimedPlans(live.project.id);
    const changed = changedTimedPlans(live, plans, clock.now());
    if (changed.length > 0) await store.putTimedPlans(changed);
  }

  /** Never rejects. Returns for how long to sleep, in milliseconds; null: until a plan changes. */
  async #look(): Promise<number | null> {
    const { clock, catalog } = this.#deps;
    const began = clock.now();
    const projects = catalog.list().filter((live) => timedOf(live).some(({ trigger }) => trigger.active));
    if (projects.length === 0) return null;
    let failed: readonly [LiveProject, unknown] | undefined;
    for (const live of projects) {
      await this.#lookAt(live).catch((error: unknown) => {
        failed ??= [live, error];
      });
    }
    if (failed === undefined) this.#trouble.went();
    else
      this.#trouble.failed(`Db triggers on a time of ${failed[0].project.slug} cannot be started`, failed[1]);
    return Math.max(LOOK_EVERY_MS, PAUSE_FACTOR * (clock.now() - began));
  }

  async #lookAt(live: LiveProject): Promise<void> {
    for (const plan of await this.#deps.store.listTimedPlans(live.project.id)) {
      const timed = liveTimed(live.triggersByName.get(plan.name));
      if (timed?.trigger.active !== true || !plan.armed) continue;
      if (ruleText(timed) !== plan.rule) {
        await this.#planAgain(live.project.slug);
        continue;
      }
      try {
        await this.#take(live, timed, plan);
        this.#broken.delete(keyOf(live, timed));
      } catch (error) {
        await this.#tell(live, timed, messageOf(error));
      }
    }
  }

  /** Another process has planned for what this one has yet to hear of, or a plan could not be written. */
  async #planAgain(slug: string): Promise<void> {
    await this.#deps.lookAgain(slug);
    const live = this.#deps.catalog.get(slug);
    if (live !== undefined) await this.#plan(live);
  }

  async #take(live: LiveProject, timed: LiveTimed, plan: TimedPlan): Promise<void> {
    const { store, clock, wake } = this.#deps;
    const to = clock.now() - Math.max(0, COMMIT_MS - Math.max(0, timed.shift));
    let from: TimedPlace = plan;
    while (from.checked_at < to && !this.#loop.stopped) {
      const model = await store.loadModel(timed.spec.model);
      if (model === undefined) return;
      const due = await dueRecords(store, model, timed, { from, to });
      const { jobs, until } = await this.#jobsFor(live, timed, model, due);
      if (jobs.length === 0 && until.checked_at === to && to - from.checked_at < MOVE_EVERY_MS) return;
      const { checked_at, after_id } = from;
      const moved = { project_id: plan.project_id, name: plan.name, expected: { checked_at, after_id } };
      if (!(await store.takeTimed({ ...moved, ...until, jobs, logs: [] }))) return;
      if (jobs.length > 0) wake();
      from = until;
    }
  }

  /** The jobs for these records, or for the first of them where names of what they refer to make them too large. */
  async #jobsFor(
    live: LiveProject,
    timed: LiveTimed,
    model: Model,
    due: Due,
  ): Promise<{ readonly jobs: readonly JobRow[]; readonly until: TimedPlace }> {
    const { store, clock } = this.#deps;
    const { rows, until } = due;
    const start = { now: clock.now(), user: userOf(timed), depth: 1, plannedAt: until.checked_at };
    const size = new StartedSize(LARGEST_TAKEN);
    const firing = { live, trigger: timed.trigger, model, deleted: false, start, size };
    try {
      return { jobs: await dbJobsOfRows({ store }, firing, rows, new Turns()), until };
    } catch (error) {
      if (!(error instanceof TooMuchStarted) || rows.length === 1) throw error;
      return this.#jobsFor(live, timed, model, firstOf(due, timed, Math.ceil(rows.length / 10)));
    }
  }

  async #tell(live: LiveProject, timed: LiveTimed, reason: string): Promise<void> {
    const { trigger } = timed;
    const key = keyOf(live, timed);
    if (this.#broken.has(key)) return;
    this.#broken.add(key);
    await this.#deps.store.appendLogs([
      {
        at: this.#deps.clock.now(),
        level: 'error',
        message: `The trigger cannot look for records whose time has come: ${reason}`,
        project: live.project.slug,
        project_id: live.project.id,
        task: trigger.task.name,
        trigger: trigger.spec.name,
        job: null,
        name: 'sluice',
      },
    ]);
  }
}

const timedOf = (live: LiveProject): readonly LiveTimed[] =>
  [...live.triggersByName.values()].map(liveTimed).filter((timed) => timed !== undefined);

const keyOf = (live: LiveProject, { spec }: LiveTimed): string => `${live.project.id}/${spec.name}`;

/** Nobody is logged in. */
const userOf = ({ spec }: LiveTimed): JobUser => ({
  id: null,
  name: `db ${spec.name}`,
  login: null,
  role: null,
});
