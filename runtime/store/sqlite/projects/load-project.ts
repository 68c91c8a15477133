import type Database from 'better-sqlite3';
import { deepFreeze } from '../../../deep-freeze.ts';
import type { LoadedProject, ProjectRow, VersionRow, VersionSummary } from '../../project-store.ts';
import {
  paramsOf,
  projectOf,
  type StoredParam,
  type StoredProject,
  type StoredTrigger,
  type StoredVersion,
  triggerOf,
  versionOf,
} from '../../rules/project-rows.ts';

/** Reads of projects, as plain frozen values. */
export interface ProjectReads {
  list(): readonly ProjectRow[];
  load(slug: string): LoadedProject | undefined;
  loadAll(): readonly LoadedProject[];
  version(projectId: string, number: number): VersionRow | undefined;
  versions(projectId: string): readonly VersionSummary[];
}

const PROJECT = 'id, slug, name, active, version, created_at, updated_at';

/** The reads of projects, prepared once. */
export function projectReads(db: Database.Database): ProjectReads {
  const all = db.prepare<[], StoredProject>(`SELECT ${PROJECT} FROM projects ORDER BY slug`);
  const bySlug = db.prepare<[string], StoredProject>(`SELECT ${PROJECT} FROM projects WHERE slug = ?`);
  const version = db.prepare<[string, number], StoredVersion>(
    `SELECT project_id, number, created_at, created_by, files, bundle, manifest, program
     FROM versions WHERE project_id = ? AND number = ?`,
  );
  const versions = db.prepare<[string], VersionSummary>(
    `SELECT project_id, number, created_at, created_by FROM versions WHERE project_id = ? ORDER BY number DESC`,
  );
  const triggers = db.prepare<[string], StoredTrigger>(
    'SELECT project_id, name, type, active, hook, next_at FROM triggers WHERE project_id = ? ORDER BY name',
  );
  const params = db.prepare<[string], StoredParam>(
    'SELECT key, value FROM params WHERE project_id = ? ORDER BY key',
  );

  function readVersion(projectId: string, number: number): VersionRow | undefined {
    const row = version.get(projectId, number);
    return row && versionOf(row);
  }

  function loadOf(stored: StoredProject): LoadedProject {
    const active = readVersion(stored.id, stored.version);
    if (active === undefined) {
      throw new Error(
        `Project ${stored.slug} names version ${stored.version} as active, but has no such version.`,
      );
    }
    return deepFreeze({
      project: projectOf(stored),
      version: active,
      triggers: triggers.all(stored.id).map(triggerOf),
      params: paramsOf(params.all(stored.id)),
    });
  }

  return {
    list: () => deepFreeze(all.all().map(projectOf)),
    load(slug) {
      const stored = bySlug.get(slug);
      return stored && loadOf(stored);
    },
    loadAll: () => all.all().map(loadOf),
    version: readVersion,
    versions: (projectId) => deepFreeze(versions.all(projectId)),
  };
}
