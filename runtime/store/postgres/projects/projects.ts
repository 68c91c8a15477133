import { notFound } from '../../../app-error.ts';
import type { ProjectStore } from '../../project-store.ts';
import { validText } from '../../text.ts';
import type { Database } from '../database/database.ts';
import { clearLinks } from '../links/clear-links.ts';
import type { LogRows } from '../logs/log-rows.ts';
import type { QueueRows } from '../queue/queue-rows.ts';
import { declareModels } from '../records/model-writes.ts';
import { deployVersion } from './deploy.ts';
import { getVersion, listProjects, listVersions, loadProject, loadProjects } from './load-project.ts';
import { type ProjectChanges, RETURNING_SLUG } from './project-changes.ts';

/** What belongs to a project and is kept by others; all of it within a transaction. */
export interface ProjectParts {
  readonly changes: ProjectChanges;
  readonly queue: Pick<QueueRows, 'deleteProject'>;
  readonly logs: Pick<LogRows, 'deleteProject'>;
}

/** Projects with their versions, triggers and params. */
export function postgresProjects(
  database: Database,
  { changes: { change, tell }, queue, logs }: ProjectParts,
): ProjectStore {
  /** For changes of what must be there: `what` is named when it is not. */
  async function mustChange(what: string, ...changed: Parameters<typeof change>): Promise<void> {
    if (!(await change(...changed))) throw notFound(what);
  }

  return {
    deploy: (write) =>
      database.transact(async (session) => {
        const loaded = await deployVersion(session, write);
        if (loaded !== null) await tell(session, write.slug);
        return loaded;
      }),

    listProjects: () => listProjects(database),
    loadProject: (slug) => loadProject(database, slug),
    loadProjects: () => loadProjects(database),

    setProjectActive: (projectId, active, at) =>
      mustChange('The project', SET_ACTIVE, [projectId, Number(active), at]),

    async deleteProject(projectId) {
      await clearLinks(database, projectId);
      await database.transact(async (session) => {
        // In the order in which writers of registers and links lock, who lock the project last.
        const [, , project] = await Promise.all([
          session.rows(LOCK_LINKS, [projectId]),
          session.rows(LOCK_REGISTERS, [projectId]),
          session.row<{ slug: string }>(LOCK, [projectId]),
        ]);
        if (project === undefined) return;
        await queue.deleteProject(session, projectId, project.slug);
        await logs.deleteProject(session, projectId, project.slug);
        await declareModels(session, projectId, []);
        await session.rows(REMOVE, [projectId]);
        await tell(session, project.slug);
      });
    },

    listVersions: (projectId) => listVersions(database, projectId),
    getVersion: (projectId, number) => getVersion(database, projectId, number),

    setParam: (projectId, key, value, at) =>
      mustChange('The project', PUT_PARAM, [projectId, validText(key), validText(value), at]),

    deleteParam: (projectId, key) => change(DELETE_PARAM, [projectId, validText(key)]),

    setTriggerActive: (projectId, name, active) =>
      mustChange(`The trigger ${name}`, SET_TRIGGER_ACTIVE, [
        ...[projectId, validText(name)],
        active === null ? null : Number(active),
      ]),

    setTriggerNext: (projectId, name, nextAt) =>
      mustChange(`The trigger ${name}`, SET_TRIGGER_NEXT, [projectId, validText(name), nextAt]),

    setTriggerHook: (projectId, name, hook) =>
      mustChange(`The trigger ${name}`, SET_TRIGGER_HOOK, [projectId, validText(name), hook]),
  };
}

const SET_ACTIVE = {
  name: 'set project active',
  text: 'UPDATE projects SET active = $2, updated_at = $3 WHERE id = $1 RETURNING slug',
};
const LOCK_LINKS = {
  name: 'lock links of project',
  text: 'SELECT FROM link_totals WHERE project_id = $1 FOR UPDATE',
};
const LOCK_REGISTERS = {
  name: 'lock registers of project',
  text: 'SELECT FROM register_totals WHERE project_id = $1 FOR UPDATE',
};
const LOCK = { name: 'lock project whole', text: 'SELECT slug FROM projects WHERE id = $1 FOR UPDATE' };
const REMOVE = { name: 'remove project', text: 'DELETE FROM projects WHERE id = $1' };
const PUT_PARAM = {
  name: 'put param',
  text: `INSERT INTO params (project_id, key, value, set_at) SELECT id, $2, $3, $4 FROM projects WHERE id = $1
    ON CONFLICT (project_id, key) DO UPDATE SET value = excluded.value, set_at = excluded.set_at ${RETURNING_SLUG}`,
};
const DELETE_PARAM = {
  name: 'delete param',
  text: `DELETE FROM params WHERE project_id = $1 AND key = $2 ${RETURNING_SLUG}`,
};
const SET_TRIGGER_ACTIVE = {
  name: 'set trigger active',
  text: `UPDATE triggers SET active = $3 WHERE project_id = $1 AND name = $2 ${RETURNING_SLUG}`,
};
const SET_TRIGGER_NEXT = {
  name: 'set trigger next',
  text: `UPDATE triggers SET next_at = $3 WHERE project_id = $1 AND name = $2 ${RETURNING_SLUG}`,
};
const SET_TRIGGER_HOOK = {
  name: 'set trigger hook',
  text: `UPDATE triggers SET hook = $3 WHERE project_id = $1 AND name = $2 ${RETURNING_SLUG}`,
};
