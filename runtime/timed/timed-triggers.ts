import { messageOf } from '../../sandbox/message-of.ts';
import type { JobUser } from '../../sandbox/types.ts';
import type { Catalog } from '../catalog.ts';
import type { Clock } from '../clock.ts';
import type { LiveProject } from '../live-project.ts';
import type { LogStore } from '../store/log-store.ts';
import type { RecordStore } from '../store/record-store.ts';
import type { TimedPlan, TimedStore } from '../store/timed-store.ts';
import { dbJobsOfRows, StartedSize } from '../triggers/db-jobs-of-rows.ts';
import { Turns } from '../turns.ts';
import { dueRecords } from './due-records.ts';
import { changedTimedPlans, type LiveTimed, liveTimed } from './timed-plan.ts';

/** Between two looks, and how much longer than a look the pause after it is. */
const LOOK_EVERY_MS = 5000;
const PAUSE_FACTOR = 50;
/** A plan that finds nothing is moved on so seldom: until then it looks at the same time again. */
const MOVE_EVERY_MS = 60_000;

export interface TimedDeps {
  readonly store: RecordStore & TimedStore & Pick<LogStore, 'appendLogs'>;
  readonly catalog: Pick<Catalog, 'get' | 'list'>;
  readonly clock: Clock;
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
  #turn: Promise<void> = Promise.resolve();
  #stopped = false;
  #stopTimer = () => {};

  constructor(deps: TimedDeps) {
    this.#deps = deps;
  }

  /** Makes the plans fit the projects, and takes what fell due meanwhile. */
  start(): Promise<void> {
    return this.#inTurn(async () => {
      for (const live of this.#deps.catalog.list()) await this.#plan(live);
    });
  }

  /** Makes a project's plans fit it after a change. Rejects when they cannot be written. */
  plan(slug: string): Promise<void> {
    const live = this.#deps.catalog.get(slug);
    if (live === undefined) return Promise.resolve();
    this.#broken.clear();
    return this.#inTurn(() => this.#plan(live));
  }

  /** Looks no more. Resolves when no look is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopTimer();
    await this.#turn;
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {}).then(() => this.#look());
    return done;
  }

  async #plan(live: LiveProject): Promise<void> {
    if (!timedOf(live).some(() => true)) return;
    const { store, clock } = this.#deps;
    const plans = await store.listTimedPlans(live.project.id);
    const changed = changedTimedPlans(live, plans, clock.now());
    if (changed.length > 0) await store.putTimedPlans(changed);
  }

  /** Never rejects. */
  async #look(): Promise<void> {
    if (this.#stopped) return;
    this.#stopTimer();
    const { clock, catalog, report } = this.#deps;
    const began = clock.now();
    const projects = catalog.list().filter((live) => timedOf(live).some(({ trigger }) => trigger.active));
    if (projects.length === 0) return;
    for (const live of projects) {
      await this.#lookAt(live).catch((error: unknown) => {
        report(`Db triggers on a time of ${live.project.slug} cannot be started: ${messageOf(error)}`);
      });
    }
    if (this.#stopped) return;
    const pause = Math.max(LOOK_EVERY_MS, PAUSE_FACTOR * (clock.now() - began));
    this.#stopTimer = clock.after(pause, () => {
      this.#turn = this.#turn.then(() => this.#look());
    });
  }

  async #lookAt(live: LiveProject): Promise<void> {
    for (const plan of await this.#deps.store.listTimedPlans(live.project.id)) {
      const timed = liveTimed(live.triggersByName.get(plan.name));
      if (timed?.trigger.active !== true || !plan.armed) continue;
      await this.#take(live, timed, plan).catch((error: unknown) =>
        this.#tell(live, timed, messageOf(error)),
      );
    }
  }

  async #take(live: LiveProject, timed: LiveTimed, plan: TimedPlan): Promise<void> {
    const { store, clock, wake } = this.#deps;
    const now = clock.now();
    for (let from = plan.checked_at; from < now && !this.#stopped; ) {
      const model = await store.loadModel(timed.spec.model);
      if (model === undefined) return;
      const { rows, until } = await dueRecords(store, model, timed, { from, to: now });
      const start = { now, user: userOf(timed), depth: 1, plannedAt: until };
      const firing = { live, trigger: timed.trigger, model, deleted: false, start, size: new StartedSize() };
      const jobs = await dbJobsOfRows({ store }, firing, rows, new Turns());
      const moved = { project_id: plan.project_id, name: plan.name, expected: from, checked_at: until };
      if (jobs.length === 0 && until === now && now - from < MOVE_EVERY_MS) return;
      if (!(await store.takeTimed({ ...moved, jobs, logs: [] }))) return;
      if (jobs.length > 0) wake();
      from = until;
    }
  }

  async #tell(live: LiveProject, { trigger }: LiveTimed, reason: string): Promise<void> {
    const key = `${live.project.id}/${trigger.spec.name}`;
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

/** Nobody is logged in. */
const userOf = ({ spec }: LiveTimed): JobUser => ({
  id: null,
  name: `db ${spec.name}`,
  login: null,
  role: null,
});
