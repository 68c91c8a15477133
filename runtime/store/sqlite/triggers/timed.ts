import type Database from 'better-sqlite3';
import type { JobRow } from '../../job-store.ts';
import type { TimedPlan, TimedStore } from '../../timed-store.ts';
import type { Commits } from '../database/group-commit.ts';
import type { Logs } from '../logs/logs.ts';

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
       SET rule = excluded.rule, checked_at = excluded.checked_at, after_id = excluded.after_id, armed = excluded.armed
       WHERE ? OR (timed_plans.rule = ? AND timed_plans.checked_at = ? AND timed_plans.after_id = ? AND timed_plans.armed = ?)`,
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
        for (const { project_id, name, rule, checked_at, after_id, armed, before } of changed) {
          const expected = [before?.rule, before?.checked_at, before?.after_id] as const;
          const own = [rule, checked_at, after_id, Number(armed), project_id, name] as const;
          put.run(...own, Number(before === undefined), ...expected, Number(before?.armed ?? false));
        }
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
