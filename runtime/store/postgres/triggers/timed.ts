import type { TimedPlan, TimedPlanWrite, TimedStore } from '../../timed-store.ts';
import { lastOfEach, type PlansOptions } from './cron.ts';

type StoredPlan = Omit<TimedPlan, 'armed'> & { readonly armed: number };

/** Plans of db triggers on a time. */
export function postgresTimed({ database, queue, logs, calls }: PlansOptions): TimedStore {
  return {
    async listTimedPlans(projectId) {
      const plans = await database.rows<StoredPlan>(PLANS, [projectId]);
      return plans.map((plan) => Object.freeze({ ...plan, armed: plan.armed === 1 }));
    },

    async putTimedPlans(plans) {
      if (plans.length > 0)
        await calls.add(
          database.alone((session) =>
            session.changes(PUT, [JSON.stringify(lastOfEach(plans).map(putValues))]),
          ),
        );
    },

    takeTimed: ({ project_id, name, expected, checked_at, after_id, jobs, logs: lines }) =>
      calls.add(
        database.transact(async (session) => {
          const from = [expected.checked_at, expected.after_id];
          const moved = await session.changes(MOVE, [checked_at, after_id, project_id, name, ...from]);
          if (moved > 0) await Promise.all([queue.enqueue(session, jobs), logs.append(session, lines)]);
          return moved > 0;
        }),
      ),
  };
}

const putValues = ({ before, ...plan }: TimedPlanWrite) => ({
  ...plan,
  armed: Number(plan.armed),
  in_any_case: before === undefined,
  rule_before: before?.rule,
  checked_before: before?.checked_at,
  after_before: before?.after_id,
  armed_before: Number(before?.armed ?? false),
});

const PLANS = {
  name: 'timed plans',
  text: `SELECT project_id, name, rule, checked_at, after_id, armed FROM timed_plans WHERE project_id = $1 ORDER BY name`,
};
const PUT = {
  name: 'put timed plans',
  text: `WITH plan AS MATERIALIZED (
  SELECT * FROM json_to_recordset($1) AS plan(project_id text, name text, rule text, checked_at bigint, after_id bigint, armed bigint,
    in_any_case boolean, rule_before text, checked_before bigint, after_before bigint, armed_before bigint))
INSERT INTO timed_plans AS old (project_id, name, rule, checked_at, after_id, armed)
SELECT project_id, name, rule, checked_at, after_id, armed
FROM plan JOIN triggers USING (project_id, name) ORDER BY project_id, name
ON CONFLICT (project_id, name) DO UPDATE
SET rule = excluded.rule, checked_at = excluded.checked_at, after_id = excluded.after_id, armed = excluded.armed
WHERE EXISTS (SELECT 1 FROM plan WHERE plan.project_id = old.project_id AND plan.name = old.name
  AND (in_any_case OR (rule_before = old.rule AND checked_before = old.checked_at AND after_before = old.after_id
    AND armed_before = old.armed)))`,
};
const MOVE = {
  name: 'move timed plan',
  text: `UPDATE timed_plans SET checked_at = $1, after_id = $2
WHERE project_id = $3 AND name = $4 AND checked_at = $5 AND after_id = $6 AND armed = 1`,
};
