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
import { validText } from '../../text.ts';
import type { Session } from '../database/session.ts';

interface StoredParts {
  readonly triggers: readonly StoredTrigger[] | null;
  readonly params: readonly StoredParam[] | null;
}
type Stored = StoredProject &
  Omit<StoredVersion, 'created_at'> &
  StoredParts & { readonly deployed_at: number };

/** Undefined when there is none. */
export async function loadProject(session: Session, slug: string): Promise<LoadedProject | undefined> {
  const stored = await session.row<Stored>(LOAD, [validText(slug)]);
  return stored && loadedOf(stored);
}

/** All projects by slug. */
export async function loadProjects(session: Session): Promise<readonly LoadedProject[]> {
  return (await session.rows<Stored>(LOAD_ALL)).map(loadedOf);
}

export async function listProjects(session: Session): Promise<readonly ProjectRow[]> {
  return deepFreeze((await session.rows<StoredProject>(LIST)).map(projectOf));
}

/** The newest first. */
export async function listVersions(session: Session, projectId: string): Promise<readonly VersionSummary[]> {
  return deepFreeze(await session.rows<VersionSummary>(VERSIONS, [validText(projectId)]));
}

/** Undefined when there is none. */
export async function getVersion(
  session: Session,
  projectId: string,
  number: number,
): Promise<VersionRow | undefined> {
  const stored = await session.row<StoredVersion>(VERSION, [validText(projectId), number]);
  return stored && versionOf(stored);
}

function loadedOf(stored: Stored): LoadedProject {
  const { id, number, created_by, deployed_at, files, bundle, manifest, program, triggers, params } = stored;
  const texts = { files, bundle, manifest, program };
  return deepFreeze({
    project: projectOf(stored),
    version: versionOf({ project_id: id, number, created_at: deployed_at, created_by, ...texts }),
    triggers: (triggers ?? []).map(triggerOf),
    params: paramsOf(params ?? []),
  });
}

/** In one statement, so that nobody deploys in between. */
const PARTS = `
SELECT id, slug, name, active, version, projects.created_at, updated_at, number, versions.created_at AS deployed_at, created_by, files, bundle, manifest, program,
  (SELECT json_agg(each ORDER BY name) FROM (
    SELECT project_id, name, type, active, hook, next_at FROM triggers WHERE project_id = projects.id
  ) AS each) AS triggers,
  (SELECT json_agg(each) FROM (SELECT key, value FROM params WHERE project_id = projects.id) AS each) AS params
FROM projects JOIN versions ON versions.project_id = projects.id AND number = projects.version`;

const LOAD = { name: 'load project', text: `${PARTS} WHERE slug = $1` };
const LOAD_ALL = { name: 'load projects', text: `${PARTS} ORDER BY slug` };
const LIST = {
  name: 'list projects',
  text: 'SELECT id, slug, name, active, version, created_at, updated_at FROM projects ORDER BY slug',
};
const VERSIONS = {
  name: 'list versions',
  text: `SELECT project_id, number, created_at, created_by FROM versions WHERE project_id = $1 ORDER BY number DESC`,
};
const VERSION = {
  name: 'get version',
  text: `SELECT project_id, number, created_at, created_by, files, bundle, manifest, program
    FROM versions WHERE project_id = $1 AND number = $2`,
};
