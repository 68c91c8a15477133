import type {
  CronPlan,
  CronPlanWrite,
  CronStore,
  DueTick,
  TickOutcome,
  TickWrite,
} from '../../cron-store.ts';
import type { JobRow } from '../../job-store.ts';
import { validText } from '../../text.ts';
import type { Database } from '../database/database.ts';
import type { InFlight } from '../database/in-flight.ts';
import type { Session } from '../database/session.ts';
import type { LogRows } from '../logs/log-rows.ts';
import type { QueueRows } from '../queue/queue-rows.ts';

type StoredPlan = Omit<CronPlan, 'armed'> & { readonly armed: number };

export interface PlansOptions {
  readonly database: Database;
  readonly queue: QueueRows;
  readonly logs: LogRows;
  readonly calls: InFlight;
}

/** Plans of cron triggers. Who looks whether a trigger's job is unfinished holds the trigger's lock until its own job is queued. */
export function postgresCron({ database, queue, logs, calls }: PlansOptions): CronStore {
  const unfinished = (session: Session, projectId: string, trigger: string) =>
    session.row(UNFINISHED, [projectId, validText(trigger)]);
  const lock = (session: Session, projectId: string, trigger: string) =>
    session.rows(LOCK, [`sluice cron ${projectId} ${validText(trigger)}`]);

  async function take(session: Session, tick: TickWrite): Promise<TickOutcome> {
    const { project_id, name, planned_at, next_at, job } = tick;
    const [, moved, before] = await Promise.all([
      lock(session, project_id, name),
      session.changes(MOVE, [next_at, project_id, name, planned_at]),
      unfinished(session, project_id, name),
    ]);
    if (moved === 0) return 'taken';
    if (before !== undefined) {
      await logs.append(session, [tick.unfinished]);
      return 'unfinished';
    }
    await Promise.all([logs.append(session, tick.logs), queue.enqueue(session, job === null ? [] : [job])]);
    return job === null ? 'let_go' : 'queued';
  }

  async function enqueueAlone(session: Session, job: JobRow): Promise<boolean> {
    const [, before] = await Promise.all([
      lock(session, job.project_id, job.trigger),
      unfinished(session, job.project_id, job.trigger),
    ]);
    if (before === undefined) await queue.enqueue(session, [job]);
    return before === undefined;
  }

  return {
    async listCronPlans(projectId) {
      const plans = await database.rows<StoredPlan>(PLANS, [projectId]);
      return plans.map((plan) => Object.freeze({ ...plan, armed: plan.armed === 1 }));
    },

    async putCronPlans(plans) {
      if (plans.length > 0)
        await calls.add(
          database.alone((session) =>
            session.changes(PUT, [JSON.stringify(lastOfEach(plans).map(putValues))]),
          ),
        );
    },

    async dueTicks(now, limit) {
      const ticks = await database.rows<DueTick>(DUE, [now, limit]);
      return ticks.map((tick) => Object.freeze(tick));
    },

    async nextTickAt() {
      return (await database.row<{ at: number | null }>(NEXT_AT))?.at ?? null;
    },

    takeTick: (tick) => calls.add(database.transact((session) => take(session, tick))),

    enqueueAlone: (job) => calls.add(database.transact((session) => enqueueAlone(session, job))),
  };
}

/** No statement can write a plan twice: the last one counts. */
export function lastOfEach<Plan extends { readonly project_id: string; readonly name: string }>(
  plans: readonly Plan[],
): readonly Plan[] {
  return [...new Map(plans.map((plan) => [`${plan.project_id} ${plan.name}`, plan])).values()];
}

const putValues = ({ before, ...plan }: CronPlanWrite) => ({
  ...plan,
  armed: Number(plan.armed),
  in_any_case: before === undefined,
  rhythm_before: before?.rhythm,
  next_before: before?.next_at,
  armed_before: Number(before?.armed ?? false),
});

const PLANS = {
  name: 'cron plans',
  text: 'SELECT project_id, name, rhythm, next_at, armed FROM cron_plans WHERE project_id = $1 ORDER BY name',
};
const PUT = {
  name: 'put cron plans',
  text: `WITH plan AS MATERIALIZED (
  SELECT * FROM json_to_recordset($1) AS plan(project_id text, name text, rhythm text, next_at bigint, armed bigint,
    in_any_case boolean, rhythm_before text, next_before bigint, armed_before bigint))
INSERT INTO cron_plans AS old (project_id, name, rhythm, next_at, armed)
SELECT project_id, name, rhythm, plan.next_at, armed
FROM plan JOIN triggers USING (project_id, name) ORDER BY project_id, name
ON CONFLICT (project_id, name) DO UPDATE
SET rhythm = excluded.rhythm, next_at = excluded.next_at, armed = excluded.armed
WHERE EXISTS (SELECT 1 FROM plan WHERE plan.project_id = old.project_id AND plan.name = old.name
  AND (in_any_case OR (rhythm_before = old.rhythm AND next_before IS NOT DISTINCT FROM old.next_at AND armed_before = old.armed)))`,
};
const DUE = {
  name: 'due ticks',
  text: `SELECT project_id, slug AS project, cron_plans.name, rhythm, next_at
FROM cron_plans JOIN projects ON projects.id = project_id
WHERE armed = 1 AND next_at <= $1 ORDER BY next_at LIMIT $2`,
};
const NEXT_AT = {
  name: 'next tick',
  text: 'SELECT min(next_at) AS at FROM cron_plans WHERE armed = 1',
};
const MOVE = {
  name: 'move cron plan',
  text: 'UPDATE cron_plans SET next_at = $1 WHERE project_id = $2 AND name = $3 AND next_at = $4 AND armed = 1',
};
const LOCK = { name: 'lock cron trigger', text: 'SELECT pg_advisory_xact_lock(hashtextextended($1, 0))' };
const UNFINISHED = {
  name: 'unfinished cron job',
  text: `SELECT 1 FROM jobs
WHERE project_id = $1 AND "trigger" = $2 AND trigger_type = 'cron' AND parent_id IS NULL LIMIT 1`,
};
