import type Database from 'better-sqlite3';
import { deepFreeze } from '../../deep-freeze.ts';
import type { LoadedProject, ProjectRow, TriggerRow, VersionRow, VersionSummary } from '../project-store.ts';

/** Reads of projects, as plain frozen values. */
export interface ProjectReads {
  list(): readonly ProjectRow[];
  load(slug: string): LoadedProject | undefined;
  loadAll(): readonly LoadedProject[];
  version(projectId: string, number: number): VersionRow | undefined;
  versions(projectId: string): readonly VersionSummary[];
}

type StoredProject = Omit<ProjectRow, 'active'> & { readonly active: number };
type StoredTrigger = Omit<TriggerRow, 'active'> & { readonly active: number | null };
type StoredVersion = VersionSummary & {
  readonly files: string;
  readonly bundle: string | null;
  readonly manifest: string;
  readonly program: string;
};

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
  const params = db.prepare<[string], { readonly key: string; readonly value: string }>(
    'SELECT key, value FROM params WHERE project_id = ? ORDER BY key',
  );

  function readVersion(projectId: string, number: number): VersionRow | undefined {
    const row = version.get(projectId, number);
    if (row === undefined) return undefined;
    return deepFreeze({
      ...row,
      files: JSON.parse(row.files),
      bundle: row.bundle === null ? null : JSON.parse(row.bundle),
      manifest: JSON.parse(row.manifest),
      program: JSON.parse(row.program),
    });
  }

  function loadOf(stored: StoredProject): LoadedProject {
    const active = readVersion(stored.id, stored.version);
    if (active === undefined) {
      throw new Error(
        `Project ${stored.slug} names version ${stored.version} as active, but has no such version.`,
      );
    }
    return deepFreeze({
      project: readProject(stored),
      version: active,
      triggers: triggers.all(stored.id).map(readTrigger),
      // Keys come from outside: without a prototype none of them means anything else.
      params: Object.assign(
        Object.create(null),
        Object.fromEntries(params.all(stored.id).map(({ key, value }) => [key, value])),
      ),
    });
  }

  return {
    list: () => deepFreeze(all.all().map(readProject)),
    load(slug) {
      const stored = bySlug.get(slug);
      return stored && loadOf(stored);
    },
    loadAll: () => all.all().map(loadOf),
    version: readVersion,
    versions: (projectId) => deepFreeze(versions.all(projectId)),
  };
}

const readProject = (stored: StoredProject): ProjectRow => ({ ...stored, active: stored.active === 1 });

const readTrigger = (stored: StoredTrigger): TriggerRow => ({
  ...stored,
  active: stored.active === null ? null : stored.active === 1,
});
