import type { Diagnostic, Sandbox } from '../../sandbox/types.ts';
import { AppError } from '../app-error.ts';
import { randomPath } from '../ids.ts';
import type { DeployWrite, LoadedProject } from '../store/project-store.ts';
import type { Store } from '../store/store.ts';
import { checkRecords } from './check-records.ts';
import type { Manifest } from './manifest.ts';
import { PROJECT_FILE } from './names.ts';
import { type DeployRequest, type PreparedVersion, prepareDeploy, refuseIf } from './prepare-deploy.ts';

const MAX_ROUNDS = 5;

export interface DeployDeps {
  readonly store: Pick<Store, 'loadProject' | 'deploy' | 'listSecrets' | 'loadModel' | 'originOfModel'>;
  readonly sandbox: Pick<Sandbox, 'compile'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface Deployed {
  readonly loaded: LoadedProject;
  readonly warnings: readonly Diagnostic[];
}

/**
 * Makes a new version of a project and activates it, or refuses it as a whole: see `prepareDeploy`. When another deploy
 * comes in between, this one is judged again against what is active then; `conflict` (409) when that never ends.
 */
export async function deployProject(deps: DeployDeps, request: DeployRequest): Promise<Deployed> {
  const { loaded, warnings } = await deployVersion(deps, request);
  const unset = await warnOfUnsetSecrets(deps.store, loaded);
  return { loaded, warnings: [...warnings, ...unset] };
}

/** The same, for a store that keeps no secrets: says nothing of those without a value. */
export async function deployVersion(
  deps: Omit<DeployDeps, 'store'> & { readonly store: Omit<DeployDeps['store'], 'listSecrets'> },
  request: DeployRequest,
): Promise<Deployed> {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const active = await deps.store.loadProject(request.slug);
    const prepared = await prepareDeploy(deps.sandbox, request, active?.version);
    refuseIf(await checkRecords(prepared.manifest, prepared.source, deps.store));
    const loaded = await deps.store.deploy(toWrite(prepared, request, active, deps.now()));
    if (loaded !== null) return { loaded, warnings: prepared.warnings };
  }
  const message = `"${request.slug}" is being deployed by others all the time. Try again.`;
  throw new AppError('conflict', 409, message);
}

function toWrite(
  { files, bundle, manifest, program }: PreparedVersion,
  { slug, actor }: DeployRequest,
  active: LoadedProject | undefined,
  at: number,
): DeployWrite {
  return {
    slug,
    name: manifest.name,
    active: manifest.active,
    by: actor.name,
    at,
    files,
    bundle,
    manifest,
    program,
    models: manifest.models,
    triggers: triggersOf(manifest),
    expected_version: active?.project.version ?? 0,
  };
}

function triggersOf(manifest: Manifest): DeployWrite['triggers'] {
  return manifest.tasks.flatMap((task) =>
    task.triggers.map(({ name, type }) => ({ name, type, hook: type === 'webhook' ? randomPath() : null })),
  );
}

async function warnOfUnsetSecrets(
  store: Pick<Store, 'listSecrets'>,
  { project, version }: LoadedProject,
): Promise<Diagnostic[]> {
  const set = new Set((await store.listSecrets(project.id)).map((secret) => secret.key));
  return version.manifest.secrets
    .filter((secret) => !set.has(secret.key))
    .map(({ key }) => ({
      file: PROJECT_FILE,
      line: 0,
      column: 0,
      message: `secret "${key}" has no value yet. A Manager sets it: sluice secrets set ${project.slug} ${key}`,
    }));
}
