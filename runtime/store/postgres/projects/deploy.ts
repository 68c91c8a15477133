import { uuidv7 } from '../../../ids.ts';
import type { DeployWrite, LoadedProject } from '../../project-store.ts';
import { validText } from '../../text.ts';
import type { Session } from '../database/session.ts';
import { declareModels } from '../records/model-writes.ts';
import { loadProject } from './load-project.ts';

interface Current {
  readonly id: string;
  readonly version: number;
  readonly newest: number | null;
}

/**
 * Makes a new version and activates it, within a transaction; null when another version became active meanwhile. Of two who deploy at
 * once the second waits for the row of the project, or for its slug when it is new, and then finds what the first made.
 */
export async function deployVersion(session: Session, write: DeployWrite): Promise<LoadedProject | null> {
  const before = await lockProject(session, write.slug);
  if ((before?.version ?? 0) !== write.expected_version) return null;
  const id = before?.id ?? uuidv7(write.at);
  const number = (before?.newest ?? 0) + 1;
  if (!(await putProject(session, { id, number, isNew: before === undefined }, write))) return null;
  await Promise.all([putVersion(session, id, number, write), putTriggers(session, id, write.triggers)]);
  await declareModels(session, id, write.models);
  return (await loadProject(session, write.slug)) ?? null;
}

/** The versions are looked at once the project is locked: a statement sees only what was there when it began. */
async function lockProject(session: Session, slug: string): Promise<Current | undefined> {
  const [, current] = await Promise.all([session.rows(LOCK, [slug]), session.row<Current>(CURRENT, [slug])]);
  return current;
}

/** False when somebody else was first. */
async function putProject(
  session: Session,
  { id, number, isNew }: { readonly id: string; readonly number: number; readonly isNew: boolean },
  write: DeployWrite,
): Promise<boolean> {
  const name = validText(write.name);
  const changed = isNew
    ? await session.changes(ADD, [id, write.slug, name, Number(write.active), number, write.at])
    : await session.changes(ACTIVATE, [id, name, number, write.at, write.expected_version]);
  return changed === 1;
}

async function putVersion(session: Session, id: string, number: number, write: DeployWrite): Promise<void> {
  const { files, bundle, manifest, program } = write;
  await session.rows(ADD_VERSION, [
    ...[id, number, write.at, validText(write.by), JSON.stringify(files)],
    ...[bundle === null ? null : JSON.stringify(bundle), JSON.stringify(manifest), JSON.stringify(program)],
  ]);
}

async function putTriggers(session: Session, id: string, triggers: DeployWrite['triggers']): Promise<void> {
  const names = triggers.map(({ name }) => validText(name));
  const types = triggers.map(({ type }) => type);
  await Promise.all([
    session.rows(REMOVE_TRIGGERS, [id, names, types]),
    session.rows(ADD_TRIGGERS, [id, names, types, triggers.map(({ hook }) => hook)]),
  ]);
}

// Not FOR UPDATE: rows that only refer to the project need not wait for a deploy.
const LOCK = { name: 'lock project', text: 'SELECT FROM projects WHERE slug = $1 FOR NO KEY UPDATE' };
const CURRENT = {
  name: 'current version',
  text: `SELECT id, version, (SELECT max(number) FROM versions WHERE project_id = id) AS newest
    FROM projects WHERE slug = $1`,
};
const ADD = {
  name: 'add project',
  text: `INSERT INTO projects (id, slug, name, active, version, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT (slug) DO NOTHING`,
};
const ACTIVATE = {
  name: 'activate version',
  text: 'UPDATE projects SET name = $2, version = $3, updated_at = $4 WHERE id = $1 AND version = $5',
};
const ADD_VERSION = {
  name: 'add version',
  text: `INSERT INTO versions (project_id, number, created_at, created_by, files, bundle, manifest, program)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
};
const REMOVE_TRIGGERS = {
  name: 'remove triggers',
  text: `DELETE FROM triggers WHERE project_id = $1 AND NOT EXISTS (
      SELECT FROM unnest($2::text[], $3::text[]) AS listed (name, type)
      WHERE listed.name = triggers.name AND listed.type = triggers.type)`,
};
const ADD_TRIGGERS = {
  name: 'add triggers',
  text: `INSERT INTO triggers (project_id, name, type, active, hook)
    SELECT $1, name, type, NULL, hook FROM unnest($2::text[], $3::text[], $4::text[]) AS listed (name, type, hook)
    ON CONFLICT (project_id, name) DO NOTHING`,
};
