import type { LiveProject, LiveTrigger } from '../../../runtime/live-project.ts';
import { deployVersion } from '../../../runtime/project/deploy.ts';
import type { LoadedProject } from '../../../runtime/store/project-store.ts';
import type { Store } from '../../../runtime/store/store.ts';
import { HANDLER_OF } from '../../../runtime/words.ts';
import type { Sandbox } from '../../../sandbox/types.ts';
import { usageError } from '../cli-error.ts';
import { detailLines } from '../details.ts';
import type { Output } from '../output.ts';
import { OWNER } from '../prepare-project.ts';
import type { LocalProject } from '../read-project.ts';

/** Deploys a project to a store of its own, as its owner's first deploy to a new server; warnings are told. Refusals are an `AppError`. */
export async function deployLocally(
  deps: { readonly sandbox: Pick<Sandbox, 'compile'>; readonly store: Store },
  project: LocalProject,
  output: Output,
): Promise<LoadedProject> {
  const { loaded, warnings } = await deployVersion({ ...deps, now: Date.now }, { ...project, actor: OWNER });
  for (const line of detailLines(warnings)) output.note(`Warning: ${line}`);
  return loaded;
}

/**
 * The trigger whose jobs call `handler` of `task`. A task goes by its name or its file (`tasks/a.ts`, `a`), a handler
 * by its function or its trigger's type (`handle_button`, `button`), which mean the first such trigger, or by its trigger's name.
 */
export function findTrigger(live: LiveProject, task: string, handler: string): LiveTrigger {
  const { tasks } = live.version.manifest;
  const spec = tasks.find(
    ({ name, code }) => name === task || [code, code.slice(6), code.slice(6, -3)].includes(task),
  );
  if (spec === undefined) {
    throw usageError(`There is no task "${task}". There are: ${tasks.map(({ name }) => name).join(', ')}.`);
  }
  const trigger =
    spec.triggers.find(({ name }) => name === handler) ??
    spec.triggers.find(({ type }) => type === handler || HANDLER_OF[type] === handler);
  const found = trigger && live.triggersByName.get(trigger.name);
  if (found) return found;
  const handlers = spec.triggers.map(({ type, name }) => `${HANDLER_OF[type]} (${name})`);
  throw usageError(
    `No trigger of "${spec.name}" calls ${handler}. Its triggers call: ${handlers.join(', ') || 'nothing'}.`,
  );
}
