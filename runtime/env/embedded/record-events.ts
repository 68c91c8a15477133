import { messageOf } from '../../../sandbox/message-of.ts';
import type { Catalog, FoundTrigger } from '../../catalog.ts';
import type { DbTrigger } from '../../project/manifest.ts';
import type { JobRow } from '../../store/job-store.ts';
import type { LogWrite } from '../../store/log-store.ts';
import type { Model, RecordRow, RecordStore } from '../../store/record-store.ts';
import { dbJobsOfRows, type StartedSize, TooMuchStarted } from '../../triggers/db-jobs-of-rows.ts';
import { Turns } from '../../turns.ts';
import { MOST_JUDGED } from '../bounds.ts';
import type { ResolvedDomain } from '../domain/condition.ts';
import { matchDomain } from '../domain/match-domain.ts';
import { parseDomain } from '../domain/parse-domain.ts';
import { resolveDomain } from '../domain/resolve-domain.ts';
import { lookupIn } from './lookup-in.ts';
import type { Writer } from './session.ts';
import type { ShowDeps } from './show-records.ts';

/** A chain of jobs that start each other by their changes ends here. */
const DEEPEST = 20;
/** What looking at an event costs, in characters, also where it does not concern a trigger. */
const EACH = 100;

/** What became of one record. */
export interface RecordEvent {
  readonly kind: 'create' | 'update' | 'delete';
  readonly before: RecordRow | null;
  readonly after: RecordRow | null;
  /** Fields whose values differ. */
  readonly changed: readonly string[];
}

export interface EventDeps {
  readonly store: RecordStore;
  readonly catalog: Pick<Catalog, 'dbTriggers'>;
}

/** What changes start, to be committed together with them. */
export interface Started {
  readonly jobs: readonly JobRow[];
  readonly logs: readonly LogWrite[];
}

/**
 * The jobs of all db triggers that events of a model fire, the records of each trigger in one batch. A trigger whose domain cannot be
 * used, and one whose own jobs have fired it too often, starts nothing and says so in its log. Rejects with a `TooMuchStarted`.
 */
export async function jobsOfEvents(
  deps: EventDeps,
  model: Model,
  events: readonly RecordEvent[],
  {
    writer,
    now,
    pending,
    size,
  }: { readonly writer: Writer; readonly now: number; readonly size: StartedSize } & Pick<
    ShowDeps,
    'pending'
  >,
): Promise<Started> {
  const turns = new Turns();
  const jobs: JobRow[] = [];
  const logs: LogWrite[] = [];
  const { depth } = writer;
  const show = pending === undefined ? { store: deps.store } : { store: deps.store, pending };
  for (const found of deps.catalog.dbTriggers(model.name)) {
    const { project, trigger } = found;
    const spec = trigger.spec as DbTrigger;
    if (!trigger.active) continue;
    await turns.spend(EACH * events.length);
    try {
      const fired = await firedBy(deps, model, spec, events, turns);
      if (fired.length === 0) continue;
      if (depth >= DEEPEST) {
        logs.push(lineOf(found, now, tooDeep(spec, model)));
        continue;
      }
      const deleted = spec.on === 'delete';
      const rows = fired.map(({ before, after }) => after ?? before).filter((row) => row !== null);
      const start = { now, user: writer.user, depth: depth + 1 };
      const firing = { live: project, trigger, model, deleted, start, size };
      for (const job of await dbJobsOfRows(show, firing, rows, turns)) jobs.push(job);
    } catch (error) {
      if (error instanceof TooMuchStarted) throw error;
      logs.push(
        lineOf(
          found,
          now,
          `The trigger could not be started by a change of ${model.name}: ${messageOf(error)}`,
        ),
      );
    }
  }
  return { jobs, logs };
}

async function firedBy(
  deps: EventDeps,
  model: Model,
  spec: DbTrigger,
  events: readonly RecordEvent[],
  all: Turns,
): Promise<readonly RecordEvent[]> {
  const wanted = events.filter((event) => isWanted(spec, event));
  if (wanted.length === 0) return [];
  const turns = new Turns(MOST_JUDGED, tooMuchWork);
  const judge = await judgeOf(deps.store, model, spec, turns);
  const fired: RecordEvent[] = [];
  for (const event of wanted) if (await judge(event)) fired.push(event);
  await all.spend(turns.spent);
  return fired;
}

const tooMuchWork = (): Error =>
  new Error(
    'its domains look at too much of these records and of others. Let them ask for less, or write fewer records at once.',
  );

function isWanted({ on, watched_fields }: DbTrigger, { kind, changed }: RecordEvent): boolean {
  if (on !== kind && !(on === 'create_or_update' && kind !== 'delete')) return false;
  return (
    kind !== 'update' || watched_fields.length === 0 || watched_fields.some((name) => changed.includes(name))
  );
}

/** Tells whether an event fits the trigger's domains: `before_update` by what an updated record was, `apply_on` by what it is, or was last. */
async function judgeOf(
  store: RecordStore,
  model: Model,
  spec: DbTrigger,
  turns: Turns,
): Promise<(event: RecordEvent) => Promise<boolean>> {
  const load = (name: string) => store.loadModel(name);
  const resolve = (domain: unknown) => resolveDomain(parseDomain(domain), model.name, load);
  const [applyOn, beforeUpdate] = [await resolve(spec.apply_on), await resolve(spec.before_update)];
  const lookup = await lookupIn(store, turns);
  const fits = async (domain: ResolvedDomain, row: RecordRow | null) =>
    row !== null && (await matchDomain(domain, row, lookup, turns));
  return async ({ kind, before, after }) => {
    if (kind === 'update' && !(await fits(beforeUpdate, before))) return false;
    return fits(applyOn, after ?? before);
  };
}

const tooDeep = ({ name }: DbTrigger, { name: model }: Model): string =>
  `Trigger ${name} was not started: its jobs have changed records of ${model} ${DEEPEST} times in a row, each started by the change before. Let its code leave alone what is right already, or narrow apply_on, before_update or watched_fields.`;

function lineOf({ project, trigger }: FoundTrigger, at: number, message: string): LogWrite {
  return {
    at,
    level: 'error',
    message,
    project: project.project.slug,
    project_id: project.project.id,
    task: trigger.task.name,
    trigger: trigger.spec.name,
    job: null,
    name: 'sluice',
  };
}
