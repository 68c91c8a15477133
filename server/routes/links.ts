import { z } from 'zod';
import { AppError, notFound } from '../../runtime/app-error.ts';
import { type LinkText, problemOf } from '../../runtime/links/bounds.ts';
import { findProject } from '../../runtime/project-settings.ts';
import { endpoint } from '../endpoint.ts';
import { listOf, pageQuery } from '../shapes/common.ts';
import { linkShape, toLink } from '../shapes/link.ts';
import { writeAudit } from '../write-audit.ts';

const text = (what: LinkText) =>
  z
    .string()
    .superRefine((value, context) => {
      const problem = problemOf(what, value);
      if (problem !== undefined) context.addIssue({ code: 'custom', message: problem.replace(/\.$/, '') });
    })
    .optional();

export const listLinks = endpoint({
  summary: "A project's links between records and references, newest first",
  query: z
    .strictObject({
      project: z.string('it takes the slug of a project'),
      relation: text('relation'),
      model: text('model'),
      system: text('system'),
      reference: text('reference'),
      ...pageQuery,
    })
    .refine(({ system, reference }) => system !== undefined || reference === undefined, {
      path: ['reference'],
      error: 'it is of one system: give that too',
    }),
  answer: listOf(linkShape),
  handle: async ({ query, services: { runtime } }) => {
    const { project, limit, after, ...filter } = query;
    const live = findProject({ get: (slug) => runtime.project(slug) }, project);
    const page = { limit, before: idOfCursor(after) };
    const { items, next } = await runtime.store.listLinks(live.project.id, filter, page);
    return { items: items.map((link) => toLink(live, link)), next: next === null ? null : String(next) };
  },
});

export const deleteLink = endpoint({
  summary: 'Delete a link',
  answer: null,
  status: 204,
  handle: async (call) => {
    const { runtime } = call.services;
    const part = call.part('id');
    const id = idOf(part);
    const link = id === undefined ? undefined : await runtime.store.findLink(id);
    const live = runtime.projects().find(({ project }) => project.id === link?.project_id);
    if (link === undefined || live === undefined) throw missing(part);
    const deleted = await runtime.store.deleteLinks(link.project_id, [link.id]);
    if (deleted.length === 0) throw missing(part);
    const { relation } = toLink(live, link);
    const message = `Link ${link.id} of relation ${relation} was deleted.`;
    await writeAudit(call, { kind: 'link_deleted', project: live.project.slug, name: relation, message });
    return new Response(null, { status: 204 });
  },
});

const missing = (id: string): AppError =>
  notFound(`Link ${JSON.stringify(id.slice(0, 60))}`, 'Check the id.');

const idOf = (text: string): number | undefined => (/^\d{1,15}$/.test(text) ? Number(text) : undefined);

/** Undefined without a cursor. 400 for an `after` that no list has given out. */
function idOfCursor(after: string | undefined): number | undefined {
  if (after === undefined) return undefined;
  const id = idOf(after);
  if (id !== undefined) return id;
  throw new AppError(
    'invalid_cursor',
    400,
    `"${after.slice(0, 60)}" is no place in this list. Use the "next" of the page before as "after", or leave it out.`,
  );
}
