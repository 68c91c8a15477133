import type Database from 'better-sqlite3';
import { notFound } from '../../../app-error.ts';
import type { ProjectStore } from '../../project-store.ts';
import { validText } from '../../text.ts';
import type { Commits } from '../database/group-commit.ts';
import { clearLinks } from '../links/clear-links.ts';
import type { Logs } from '../logs/logs.ts';
import type { JobHistory } from '../queue/job-history.ts';
import type { Models } from '../records/models.ts';
import { deployVersion } from './deploy.ts';
import { projectReads } from './load-project.ts';

/** Projects with their versions, triggers and params. */
export function sqliteProjects(
  db: Database.Database,
  commits: Commits,
  jobs: JobHistory,
  logs: Logs,
  models: Models,
): ProjectStore {
  const reads = projectReads(db);
  const deploy = deployVersion(db, reads, models);
  const setActive = db.prepare('UPDATE projects SET active = ?, updated_at = ? WHERE id = ?');
  const slugOf = db.prepare<[string], string>('SELECT slug FROM projects WHERE id = ?').pluck();
  const clear = clearLinks(db, commits);
  const remove = db.prepare('DELETE FROM projects WHERE id = ?');
  const putParam = db.prepare(
    `INSERT INTO params (project_id, key, value, set_at) SELECT id, ?, ?, ? FROM projects WHERE id = ?
     ON CONFLICT (project_id, key) DO UPDATE SET value = excluded.value, set_at = excluded.set_at`,
  );
  const deleteParam = db.prepare('DELETE FROM params WHERE project_id = ? AND key = ?');
  const setTriggerActive = db.prepare('UPDATE triggers SET active = ? WHERE project_id = ? AND name = ?');
  const setTriggerNext = db.prepare('UPDATE triggers SET next_at = ? WHERE project_id = ? AND name = ?');
  const setTriggerHook = db.prepare('UPDATE triggers SET hook = ? WHERE project_id = ? AND name = ?');

  /** For changes of what must be there: `what` is named when it is not. */
  async function change(what: string, work: () => Database.RunResult): Promise<void> {
    const { changes } = await commits.write(work);
    if (changes === 0) throw notFound(what);
  }

  return {
    deploy: (write) => commits.write(() => deploy(write)),

    async listProjects() {
      return reads.list();
    },
    async loadProject(slug) {
      return reads.load(slug);
    },
    async loadProjects() {
      return reads.loadAll();
    },

    setProjectActive: (projectId, active, at) =>
      change('The project', () => setActive.run(active ? 1 : 0, at, projectId)),

    async deleteProject(projectId) {
      await clear(projectId);
      await commits.write(() => {
        const slug = slugOf.get(projectId);
        if (slug === undefined) return;
        jobs.deleteProject(projectId, slug);
        logs.deleteProject(projectId, slug);
        const declared = models.declaredBy(projectId);
        remove.run(projectId);
        models.reindex(declared);
      });
    },

    async listVersions(projectId) {
      return reads.versions(projectId);
    },
    async getVersion(projectId, number) {
      return reads.version(projectId, number);
    },

    setParam: (projectId, key, value, at) =>
      change('The project', () => putParam.run(validText(key), validText(value), at, projectId)),

    deleteParam: (projectId, key) =>
      commits.write(() => deleteParam.run(projectId, validText(key)).changes > 0),

    setTriggerActive: (projectId, name, active) =>
      change(`The trigger ${name}`, () =>
        setTriggerActive.run(active === null ? null : Number(active), projectId, name),
      ),

    setTriggerNext: (projectId, name, nextAt) =>
      change(`The trigger ${name}`, () => setTriggerNext.run(nextAt, projectId, name)),

    setTriggerHook: (projectId, name, hook) =>
      change(`The trigger ${name}`, () => setTriggerHook.run(hook, projectId, name)),
  };
}
