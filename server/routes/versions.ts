import { z } from 'zod';
import { notFound } from '../../runtime/app-error.ts';
import type { LiveProject } from '../../runtime/live-project.ts';
import type { Actor } from '../../runtime/runtime.ts';
import type { VersionRow } from '../../runtime/store/project-store.ts';
import { type Call, endpoint } from '../endpoint.ts';
import { hasRole } from '../role-check.ts';
import { listOf, time, toTime } from '../shapes/common.ts';
import { bundleShape, filesShape, readableFiles } from '../shapes/files.ts';
import { findProject } from './find-project.ts';
import { deployedShape, toldDeploy } from './projects.ts';

const summary = {
  number: z.number().int(),
  active: z.boolean(),
  created_at: time,
  created_by: z.string(),
};
const content = { files: filesShape, bundle: bundleShape.nullable().optional().describe('for Managers') };

export const listVersions = endpoint({
  summary: 'The versions of a project, newest first',
  answer: listOf(z.object(summary)),
  handle: async (call) => {
    const live = findProject(call);
    const rows = await call.services.runtime.store.listVersions(live.project.id);
    return { items: rows.map((row) => toSummary(live, row)), next: null };
  },
});

export const getVersion = endpoint({
  summary: 'One version with its files; Protected Code only for Managers',
  answer: z.object({ ...summary, ...content }),
  handle: async (call) => {
    const row = await findVersion(call);
    return { ...toSummary(findProject(call), row), ...toContent(row, call.actor) };
  },
});

export const rollBack = endpoint({
  summary: 'Deploy the files of an earlier version again, as a new version; judged like any deploy',
  body: z.strictObject({}),
  answer: deployedShape,
  handle: async (call) => {
    const { number, files, bundle } = await findVersion(call);
    const { actor } = call;
    const deployed = await call.services.runtime.deploy({ slug: call.part('slug'), files, bundle, actor });
    return toldDeploy(call, deployed, `was deployed with the files of version ${number}`);
  },
});

async function findVersion(call: Call): Promise<VersionRow> {
  const live = findProject(call);
  const text = call.part('number');
  const row = /^[1-9]\d{0,8}$/.test(text)
    ? await call.services.runtime.store.getVersion(live.project.id, Number(text))
    : undefined;
  if (row === undefined) throw notFound(`Version ${JSON.stringify(text)} of ${live.project.slug}`);
  return row;
}

export const exportProject = endpoint({
  summary: 'The files of the active version, as a deploy takes them',
  answer: z.object(content),
  handle: (call) => toContent(findProject(call).version, call.actor),
});

function toSummary(live: LiveProject, row: Pick<VersionRow, 'number' | 'created_at' | 'created_by'>) {
  const { number, created_by } = row;
  return { number, active: number === live.project.version, created_at: toTime(row.created_at), created_by };
}

/** The package bundle belongs to Protected Code. */
function toContent({ files, bundle }: VersionRow, actor: Actor) {
  const readable = { files: readableFiles(files, actor) };
  if (!hasRole(actor, 'manager')) return readable;
  const copy = bundle && { modules: { ...bundle.modules }, lock: bundle.lock.map((entry) => ({ ...entry })) };
  return { ...readable, bundle: copy };
}
