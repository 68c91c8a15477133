import { notFound } from '../../runtime/app-error.ts';
import type { LiveProject, LiveTrigger } from '../../runtime/live-project.ts';
import type { PublicCall } from '../endpoint.ts';

/** The project that the path names; 404 when there is none. */
export function findProject(call: PublicCall): LiveProject {
  const slug = call.part('slug');
  const project = call.services.runtime.project(slug);
  if (project === undefined) throw notFound(`The project ${JSON.stringify(slug)}`);
  return project;
}

/** The trigger that the path names; 404 when the project has none of this name. */
export function findTrigger(call: PublicCall): { project: LiveProject; trigger: LiveTrigger } {
  const project = findProject(call);
  const name = call.part('name');
  const trigger = project.triggersByName.get(name);
  if (trigger === undefined) throw notFound(`The trigger ${JSON.stringify(name)} of ${project.project.slug}`);
  return { project, trigger };
}
