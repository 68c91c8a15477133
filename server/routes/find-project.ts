import type { LiveProject, LiveTrigger } from '../../runtime/live-project.ts';
import {
  findTrigger as findByName,
  findProject as findBySlug,
  findWebhook as findHookByName,
} from '../../runtime/project-settings.ts';
import type { PublicCall } from '../endpoint.ts';

/** The project that the path names; 404 when there is none. */
export function findProject(call: PublicCall): LiveProject {
  const { runtime } = call.services;
  return findBySlug({ get: (slug) => runtime.project(slug) }, call.part('slug'));
}

/** The trigger that the path names; 404 when the project has none of this name. */
export function findTrigger(call: PublicCall): { project: LiveProject; trigger: LiveTrigger } {
  const project = findProject(call);
  return { project, trigger: findByName(project, call.part('name')) };
}

/** The webhook that the path names; 404 when the project has no trigger of this name, 409 when it is another one. */
export function findWebhook(call: PublicCall): { project: LiveProject; trigger: LiveTrigger } {
  const project = findProject(call);
  return { project, trigger: findHookByName(project, call.part('name')) };
}
