import { z } from 'zod';
import { AppError, notFound } from '../../runtime/app-error.ts';
import type { LiveProject } from '../../runtime/live-project.ts';
import { findProject } from '../../runtime/project-settings.ts';
import {
  conflictMessage,
  FULL,
  isHidden,
  keptForm,
  LARGEST_LIST,
  MOST_OF_PROJECT,
  problemOf,
  TOO_LARGE,
} from '../../runtime/registers/bounds.ts';
import { type Call, endpoint } from '../endpoint.ts';
import { hasRole } from '../role-check.ts';
import { listOf, pageQuery } from '../shapes/common.ts';
import { registerShape, toRegister } from '../shapes/register.ts';
import { cursorOf, placeOfCursor } from '../shapes/register-cursor.ts';
import { writeAudit } from '../write-audit.ts';

const text = (what: 'name' | 'key') =>
  z.string().superRefine((value, context) => {
    const problem = problemOf(what, value);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem.replace(/\.$/, '') });
  });
const VERSION = 'it takes a version, or 0 for a key that must not exist';
const version = z.int(VERSION).min(0, VERSION);
const place = { project: z.string(), name: text('name'), key: text('key') };

export const listRegisters = endpoint({
  summary: "Entries of a project's registers, by register and key",
  query: z
    .strictObject({
      project: z.string('it takes the slug of a project'),
      name: text('name').optional(),
      prefix: z.string().max(500, 'it takes at most 500 characters').optional(),
      ...pageQuery,
      after: z.string().max(5000).optional(),
    })
    .refine(({ name, prefix }) => name !== undefined || prefix === undefined, {
      path: ['prefix'],
      error: 'it is of the keys of one register: give its name too',
    }),
  answer: listOf(registerShape),
  handle: async (call) => {
    const { project, name, prefix, limit, after } = call.query;
    const live = liveProject(call, project);
    if (name !== undefined) checkHidden(call, name);
    const page = await call.services.runtime.store.listRegisters(
      live.project.id,
      { name, prefix, after: placeOfCursor(after), hidden: hasRole(call.actor, 'manager') },
      { limit, most_bytes: LARGEST_LIST },
    );
    const last = page.items.at(-1);
    const next = page.more === null || last === undefined ? null : cursorOf(last);
    return { items: page.items.map((entry) => toRegister(live, entry)), next };
  },
});

export const patchRegister = endpoint({
  summary: 'Write a value into a register',
  body: z.strictObject({
    ...place,
    value: z.unknown().refine((value) => value !== undefined, 'it is missing'),
    if_version: version.nullable().optional(),
  }),
  answer: registerShape,
  handle: async (call) => {
    const { project, name, key, if_version } = call.body;
    const live = liveProject(call, project);
    checkHidden(call, name);
    const value = keptForm(call.body.value);
    if (value === undefined) throw new AppError('data_too_large', 413, TOO_LARGE);
    const at = Date.now();
    const entry = { project_id: live.project.id, name, key, value };
    const wanted = if_version === null ? 0 : if_version;
    const write = { ...entry, if_version: wanted, at, most_bytes: MOST_OF_PROJECT };
    const written = await call.services.runtime.store.setRegister(write);
    if (written.kind === 'conflict') throw conflict(name, key, wanted, written.version);
    if (written.kind === 'full') throw new AppError('registers_full', 413, FULL);
    await audit(call, 'register_set', project, name, `Key ${quoted(key)} of register ${name} was set.`);
    return toRegister(live, { ...entry, version: written.version, written_at: at });
  },
});

export const deleteRegister = endpoint({
  summary: 'Delete a key of a register',
  query: z.strictObject({
    ...place,
    if_version: z
      .string()
      .regex(/^\d{1,15}$/, VERSION)
      .transform(Number)
      .optional(),
  }),
  answer: null,
  status: 204,
  handle: async (call) => {
    const { project, name, key, if_version } = call.query;
    const live = liveProject(call, project);
    checkHidden(call, name);
    const { store } = call.services.runtime;
    const deleted = await store.deleteRegister({ project_id: live.project.id, name, key, if_version });
    if (deleted.kind === 'conflict') throw conflict(name, key, if_version, deleted.version);
    if (deleted.kind === 'missing') throw notFound(`Key ${quoted(key)} of register ${name}`);
    await audit(
      call,
      'register_deleted',
      project,
      name,
      `Key ${quoted(key)} of register ${name} was deleted.`,
    );
    return new Response(null, { status: 204 });
  },
});

const quoted = (key: string): string => JSON.stringify(key);

function liveProject({ services }: Call, slug: string): LiveProject {
  return findProject({ get: (wanted) => services.runtime.project(wanted) }, slug);
}

/** What Protected Code keeps for itself may be as secret as it is. */
function checkHidden({ actor }: Call, name: string): void {
  if (!isHidden(name) || hasRole(actor, 'manager')) return;
  const message = `Register ${name} belongs to Protected Code, as its name begins with "_". Ask a Manager.`;
  throw new AppError('forbidden', 403, message);
}

function conflict(name: string, key: string, wanted: number | undefined, found: number): AppError {
  const message = conflictMessage(name, key, wanted ?? 0, found);
  return new AppError('conflict', 409, message, { details: { version: found } });
}

const audit = (
  call: Call,
  kind: 'register_set' | 'register_deleted',
  project: string,
  name: string,
  message: string,
) => writeAudit(call, { kind, project, name, message });
