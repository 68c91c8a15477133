import { z } from 'zod';
import type { LiveProject } from '../../runtime/live-project.ts';
import type { Deployed } from '../../runtime/runtime.ts';
import { type Call, endpoint } from '../endpoint.ts';
import { listOf } from '../shapes/common.ts';
import { bundleShape, filesShape } from '../shapes/files.ts';
import { projectShape, projectSummary, toProject, toSummary, toWebhooks } from '../shapes/project.ts';
import { writeAudit } from '../write-audit.ts';
import { findProject } from './find-project.ts';

async function shown(call: Call, live: LiveProject): Promise<z.infer<typeof projectShape>> {
  return toProject(live, call.actor, await call.services.runtime.plannedRuns(live.project.slug));
}

export const listProjects = endpoint({
  summary: 'All projects',
  answer: listOf(projectSummary),
  handle: ({ services }) => ({
    items: services.runtime.projects().map((live) => toSummary(live.project)),
    next: null,
  }),
});

export const getProject = endpoint({
  summary: 'One project with params, names of secrets, tasks and triggers',
  answer: projectShape,
  handle: (call) => shown(call, findProject(call)),
});

const diagnostic = z.object({
  file: z.string(),
  line: z.number().int().describe('counted from 1; 0 means the whole file'),
  column: z.number().int(),
  message: z.string(),
});

/** What a deploy answers. */
export const deployedShape = z.object({
  project: z.string().describe('slug'),
  version: z.number().int(),
  webhooks: z.record(z.string(), z.string()),
  warnings: z.array(diagnostic),
});

export const deployProject = endpoint({
  summary: 'Deploy files as a new version and activate it; 422 with file and line when something is wrong',
  body: z.strictObject({ files: filesShape, bundle: bundleShape.nullable().default(null) }),
  answer: deployedShape,
  handle: async (call) => {
    const deployed = await call.services.runtime.deploy({
      slug: call.part('slug'),
      ...call.body,
      actor: call.actor,
    });
    return toldDeploy(call, deployed, 'was deployed');
  },
});

/** Writes the new version into the audit and tells it to the caller. `what` happened to it. */
export async function toldDeploy(
  call: Call,
  { project: live, warnings }: Deployed,
  what: string,
): Promise<z.infer<typeof deployedShape>> {
  const { slug, version } = live.project;
  await writeAudit(call, { kind: 'deploy', version, message: `Version ${version} of ${slug} ${what}.` });
  return { project: slug, version, webhooks: toWebhooks(live, call.actor), warnings: [...warnings] };
}

export const patchProject = endpoint({
  summary: 'Switch a project on or off',
  body: z.strictObject({ active: z.boolean() }),
  answer: projectShape,
  handle: async (call) => {
    const { slug } = findProject(call).project;
    const { active } = call.body;
    const changed = await call.services.runtime.setProjectActive(slug, active);
    await writeAudit(call, {
      kind: 'project_switched',
      message: `Project ${slug} was switched ${active ? 'on' : 'off'}.`,
    });
    return shown(call, changed);
  },
});

export const deleteProject = endpoint({
  summary: 'Delete a project with its versions, values, secrets, jobs and logs; the ledger keeps its rows',
  answer: null,
  status: 204,
  handle: async (call) => {
    const { slug } = findProject(call).project;
    await call.services.runtime.deleteProject(slug);
    await writeAudit(call, { kind: 'project_deleted', message: `Project ${slug} was deleted.` });
    return new Response(null, { status: 204 });
  },
});
