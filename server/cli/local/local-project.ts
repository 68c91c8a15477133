import { randomPath, uuidv7 } from '../../../runtime/ids.ts';
import type { LiveProject, LiveTrigger } from '../../../runtime/live-project.ts';
import { liveView } from '../../../runtime/live-view.ts';
import type { PreparedVersion } from '../../../runtime/project/prepare-deploy.ts';
import type { TriggerRow } from '../../../runtime/store/project-store.ts';
import { HANDLER_OF } from '../../../runtime/words.ts';
import { usageError } from '../cli-error.ts';

/** A checked project as jobs see it, as if it had been deployed to a new server. */
export function localProject(prepared: PreparedVersion, secrets: ReadonlyMap<string, string>): LiveProject {
  const { manifest } = prepared;
  const id = uuidv7();
  const now = Date.now();
  const triggers = manifest.tasks.flatMap((task) =>
    task.triggers.map(({ name, type }): TriggerRow => {
      const hook = type === 'webhook' ? randomPath() : null;
      return { project_id: id, name, type, active: null, hook, next_at: null };
    }),
  );
  const project = {
    id,
    slug: manifest.slug,
    name: manifest.name,
    active: true,
    version: 1,
    created_at: now,
    updated_at: now,
  };
  const version = { ...prepared, project_id: id, number: 1, created_at: now, created_by: 'local' };
  return liveView({ project, version, triggers, params: {} }, secrets, 'http://127.0.0.1:4070');
}

/**
 * The trigger whose jobs call `handler` of `task`. A task goes by its name or its file (`tasks/a.ts`, `a`), a handler
 * by its function or its trigger's type (`handle_button`, `button`).
 */
export function findTrigger(live: LiveProject, task: string, handler: string): LiveTrigger {
  const { tasks } = live.version.manifest;
  const spec = tasks.find(
    ({ name, code }) => name === task || [code, code.slice(6), code.slice(6, -3)].includes(task),
  );
  if (spec === undefined) {
    throw usageError(`There is no task "${task}". There are: ${tasks.map(({ name }) => name).join(', ')}.`);
  }
  const trigger = spec.triggers.find(({ type }) => type === handler || HANDLER_OF[type] === handler);
  const found = trigger && live.triggersByName.get(trigger.name);
  if (found) return found;
  const handlers = spec.triggers.map(({ type }) => HANDLER_OF[type]);
  throw usageError(
    `No trigger of "${spec.name}" calls ${handler}. Its triggers call: ${handlers.join(', ') || 'nothing'}.`,
  );
}
