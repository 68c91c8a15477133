import type Database from 'better-sqlite3';
import type { JobRow } from '../job-store.ts';
import type { TimedPlan, TimedStore } from '../timed-store.ts';
import type { Commits } from './group-commit.ts';
import type { Logs } from './logs.ts';

type StoredPlan = Omit<TimedPlan, 'armed'> & { readonly armed: number };

/** Plans of db triggers on a time. `enqueue` inserts a queued job within the transaction. */
export function sqliteTimed(
  db: Database.Database,
  commits: Commits,
  logs: Logs,
  enqueue: (job: JobRow) => void,
): TimedStore {
  const plans = db.prepare<[string], StoredPlan>(
    'SELECT project_id, name, rule, checked_at, after_id, armed FROM timed_plans WHERE project_id = ? ORDER BY name',
  );
  const put = db.prepare(
    `INSERT INTO timed_plans (project_id, name, rule, checked_at, after_id, armed)
     SELECT project_id, name, ?, ?, ?, ? FROM triggers WHERE project_id = ? AND name = ?
     ON CONFLICT (project_id, name) DO UPDATE
       SET rule = excluded.rule, checked_at = excluded.checked_at, after_id = excluded.after_id, armed = excluded.armed`,
  );
  const move = db.prepare(
    `UPDATE timed_plans SET checked_at = ?, after_id = ?
     WHERE project_id = ? AND name = ? AND checked_at = ? AND after_id = ? AND armed = 1`,
  );

  return {
    async listTimedPlans(projectId) {
      return plans.all(projectId).map((plan) => Object.freeze({ ...plan, armed: plan.armed === 1 }));
    },

    putTimedPlans: (changed) =>
      commits.write(() => {
        for (const { project_id, name, rule, checked_at, after_id, armed } of changed)
          put.run(rule, checked_at, after_id, armed ? 1 : 0, project_id, name);
      }),

    takeTimed: ({ project_id, name, expected, checked_at, after_id, jobs, logs: lines }) =>
      commits.write(() => {
        const from = [expected.checked_at, expected.after_id] as const;
        if (move.run(checked_at, after_id, project_id, name, ...from).changes === 0) return false;
        for (const job of jobs) enqueue(job);
        logs.append(lines);
        return true;
      }),
  };
}
