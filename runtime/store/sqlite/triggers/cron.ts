import type Database from 'better-sqlite3';
import type { CronPlan, CronStore, DueTick, TickOutcome, TickWrite } from '../../cron-store.ts';
import type { JobRow } from '../../job-store.ts';
import { validText } from '../../text.ts';
import type { Commits } from '../database/group-commit.ts';
import type { Logs } from '../logs/logs.ts';

type StoredPlan = Omit<CronPlan, 'armed'> & { readonly armed: number };

/** Plans of cron triggers. `enqueue` inserts a queued job within the transaction. */
export function sqliteCron(
  db: Database.Database,
  commits: Commits,
  logs: Logs,
  enqueue: (job: JobRow) => void,
): CronStore {
  const plans = db.prepare<[string], StoredPlan>(
    'SELECT project_id, name, rhythm, next_at, armed FROM cron_plans WHERE project_id = ? ORDER BY name',
  );
  const put = db.prepare(
    `INSERT INTO cron_plans (project_id, name, rhythm, next_at, armed)
     SELECT project_id, name, ?, ?, ? FROM triggers WHERE project_id = ? AND name = ?
     ON CONFLICT (project_id, name) DO UPDATE
       SET rhythm = excluded.rhythm, next_at = excluded.next_at, armed = excluded.armed
       WHERE ? OR (cron_plans.rhythm = ? AND cron_plans.next_at IS ? AND cron_plans.armed = ?)`,
  );
  const due = db.prepare<[number, number], DueTick>(
    `SELECT project_id, slug AS project, cron_plans.name, rhythm, next_at
     FROM cron_plans JOIN projects ON projects.id = project_id
     WHERE armed = 1 AND next_at <= ? ORDER BY next_at LIMIT ?`,
  );
  const nextAt = db.prepare<[], number | null>('SELECT min(next_at) FROM cron_plans WHERE armed = 1').pluck();
  const move = db.prepare(
    'UPDATE cron_plans SET next_at = ? WHERE project_id = ? AND name = ? AND next_at = ? AND armed = 1',
  );
  const unfinished = db.prepare<[string, string]>(
    `SELECT 1 FROM jobs
     WHERE project_id = ? AND "trigger" = ? AND trigger_type = 'cron' AND parent_id IS NULL LIMIT 1`,
  );

  function take(tick: TickWrite): TickOutcome {
    const { changes } = move.run(tick.next_at, tick.project_id, tick.name, tick.planned_at);
    if (changes === 0) return 'taken';
    if (unfinished.get(tick.project_id, validText(tick.name)) !== undefined) {
      logs.append([tick.unfinished]);
      return 'unfinished';
    }
    logs.append(tick.logs);
    if (tick.job === null) return 'let_go';
    enqueue(tick.job);
    return 'queued';
  }

  return {
    async listCronPlans(projectId) {
      return plans.all(projectId).map((plan) => Object.freeze({ ...plan, armed: plan.armed === 1 }));
    },

    putCronPlans: (changed) =>
      commits.write(() => {
        for (const { project_id, name, rhythm, next_at, armed, before } of changed) {
          const expected = [before?.rhythm, before?.next_at, Number(before?.armed ?? false)] as const;
          const own = [rhythm, next_at, Number(armed), project_id, name] as const;
          put.run(...own, Number(before === undefined), ...expected);
        }
      }),

    async dueTicks(now, limit) {
      return due.all(now, limit).map((tick) => Object.freeze(tick));
    },

    async nextTickAt() {
      return nextAt.get() ?? null;
    },

    takeTick: (tick) => commits.write(() => take(tick)),

    enqueueAlone: (job) =>
      commits.write(() => {
        if (unfinished.get(job.project_id, validText(job.trigger)) !== undefined) return false;
        enqueue(job);
        return true;
      }),
  };
}
