import type { Catalog } from './catalog.ts';
import type { Clock } from './clock.ts';
import { whyUnmaskable } from './mask/maskable.ts';
import { findProject, undeclared } from './project-settings.ts';
import type { Actor } from './runtime.ts';
import type { SecretBox } from './secrets.ts';
import type { Store } from './store/store.ts';

export interface SetSecretDeps {
  readonly store: Pick<Store, 'listSecrets' | 'putSecret' | 'deleteSecret'>;
  readonly catalog: Pick<Catalog, 'get' | 'refresh'>;
  readonly secretBox: SecretBox;
  readonly clock: Clock;
}

/** Seals and keeps the value of a declared secret; null removes it. The warning says why a value will not be masked. */
export async function setSecret(
  deps: SetSecretDeps,
  slug: string,
  key: string,
  value: string | null,
  actor: Actor,
): Promise<{ warning: string | null }> {
  const { project, version } = findProject(deps.catalog, slug);
  const { secrets } = version.manifest;
  if (!secrets.some((secret) => secret.key === key)) throw undeclared('secret', key, slug, secrets);
  if (value === null) await deps.store.deleteSecret(project.id, key);
  else await put(deps, project.id, key, value, actor);
  await deps.catalog.refresh(slug);
  return { warning: value === null ? null : whyUnmasked(key, value) };
}

async function put(
  { store, secretBox, clock }: SetSecretDeps,
  projectId: string,
  key: string,
  value: string,
  actor: Actor,
): Promise<void> {
  const before = (await store.listSecrets(projectId)).find((secret) => secret.key === key);
  const version = (before?.version ?? 0) + 1;
  const sealed = secretBox.seal(projectId, key, version, value);
  await store.putSecret({
    ...sealed,
    project_id: projectId,
    key,
    version,
    set_at: clock.now(),
    set_by: actor.name,
  });
}

function whyUnmasked(key: string, value: string): string | null {
  const reason = whyUnmaskable(value);
  if (reason === null) return null;
  return `The value of ${key} will not be hidden in logs and stored copies: ${reason}. Use a longer, random one if you can.`;
}
