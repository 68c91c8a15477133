import type Database from 'better-sqlite3';
import { uuidv7 } from '../../../ids.ts';
import type { DeployWrite, LoadedProject } from '../../project-store.ts';
import { duplicateValues } from '../../rules/duplicate-values.ts';
import { validText } from '../../text.ts';
import type { Models } from '../records/models.ts';
import { duplicatedField } from '../records/tables.ts';
import type { ProjectReads } from './load-project.ts';

/** Makes a new version and activates it, within a transaction; null when another version became active meanwhile. */
export function deployVersion(
  db: Database.Database,
  reads: ProjectReads,
  models: Pick<Models, 'declare'>,
): (write: DeployWrite) => LoadedProject | null {
  const current = db.prepare<[string], { readonly id: string; readonly version: number }>(
    'SELECT id, version FROM projects WHERE slug = ?',
  );
  const newest = db
    .prepare<[string], number | null>('SELECT max(number) FROM versions WHERE project_id = ?')
    .pluck();
  const insertProject = db.prepare(
    'INSERT INTO projects (id, slug, name, active, version, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const activate = db.prepare('UPDATE projects SET name = ?, version = ?, updated_at = ? WHERE id = ?');
  const insertVersion = db.prepare(
    `INSERT INTO versions (project_id, number, created_at, created_by, files, bundle, manifest, program)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  // The list is read once, and not again for each trigger that is there.
  const removeTriggers = db.prepare(
    `DELETE FROM triggers WHERE project_id = ? AND (name, type) NOT IN (
       SELECT value ->> 'name', value ->> 'type' FROM json_each(?))`,
  );
  const insertTrigger = db.prepare(
    `INSERT INTO triggers (project_id, name, type, active, hook) VALUES (?, ?, ?, NULL, ?)
     ON CONFLICT (project_id, name) DO NOTHING`,
  );

  function writeTriggers(projectId: string, triggers: DeployWrite['triggers']): void {
    removeTriggers.run(projectId, JSON.stringify(triggers));
    for (const { name, type, hook } of triggers) insertTrigger.run(projectId, validText(name), type, hook);
  }

  /** An index that has to be unique is made here, so that it is found out here whether it can be. */
  function declareModels(projectId: string, declared: DeployWrite['models']): void {
    try {
      models.declare(projectId, declared);
    } catch (error) {
      const field = duplicatedField(error);
      throw field === undefined ? error : duplicateValues(field, error);
    }
  }

  return (write) => {
    const before = current.get(write.slug);
    if ((before?.version ?? 0) !== write.expected_version) return null;
    const id = before?.id ?? uuidv7(write.at);
    const number = (newest.get(id) ?? 0) + 1;
    const name = validText(write.name);
    if (before === undefined) {
      insertProject.run(id, write.slug, name, write.active ? 1 : 0, number, write.at, write.at);
    } else {
      activate.run(name, number, write.at, id);
    }
    insertVersion.run(
      id,
      number,
      write.at,
      validText(write.by),
      JSON.stringify(write.files),
      write.bundle === null ? null : JSON.stringify(write.bundle),
      JSON.stringify(write.manifest),
      JSON.stringify(write.program),
    );
    writeTriggers(id, write.triggers);
    declareModels(id, write.models);
    return reads.load(write.slug) ?? null;
  };
}
