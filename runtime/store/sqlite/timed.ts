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
    'SELECT project_id, name, rule, checked_at, armed FROM timed_plans WHERE project_id = ? ORDER BY name',
  );
  const put = db.prepare(
    `INSERT INTO timed_plans (project_id, name, rule, checked_at, armed)
     SELECT project_id, name, ?, ?, ? FROM triggers WHERE project_id = ? AND name = ?
     ON CONFLICT (project_id, name) DO UPDATE
       SET rule = excluded.rule, checked_at = excluded.checked_at, armed = excluded.armed`,
  );
  const move = db.prepare(
    'UPDATE timed_plans SET checked_at = ? WHERE project_id = ? AND name = ? AND checked_at = ? AND armed = 1',
  );

  return {
    async listTimedPlans(projectId) {
      return plans.all(projectId).map((plan) => Object.freeze({ ...plan, armed: plan.armed === 1 }));
    },

    putTimedPlans: (changed) =>
      commits.write(() => {
        for (const { project_id, name, rule, checked_at, armed } of changed)
          put.run(rule, checked_at, armed ? 1 : 0, project_id, name);
      }),

    takeTimed: ({ project_id, name, expected, checked_at, jobs, logs: lines }) =>
      commits.write(() => {
        if (move.run(checked_at, project_id, name, expected).changes === 0) return false;
        for (const job of jobs) enqueue(job);
        logs.append(lines);
        return true;
      }),
  };
}
