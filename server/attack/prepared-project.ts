import { randomUUID } from 'node:crypto';
import type { Canaries } from './canaries.ts';
import type { Family } from './families.ts';
import type { Target } from './target.ts';

/** A family's project on the instance under attack. */
export interface PreparedProject {
  readonly family: Family;
  /** URLs of its webhooks by trigger name. */
  readonly webhooks: Readonly<Record<string, string>>;
}

/**
 * Deploys the project, switches it on and gives it its secrets. What an earlier run has left under its slug goes first. It is
 * a program of its own each time, so that its realms are new.
 */
export async function prepareProject(
  target: Target,
  family: Family,
  canaries: Canaries,
): Promise<PreparedProject> {
  await removeProject(target, family.slug);
  const common = `${family.files['common.ts'] ?? ''}\n// ${randomUUID()}\n`;
  const files = { ...family.files, 'common.ts': common };
  const { webhooks } = await deployProject(target, { slug: family.slug, files });
  const { secrets } = await target.ask<{ secrets: { key: string }[] }>('GET', `/projects/${family.slug}`);
  for (const { key } of secrets) {
    const value = canaries.values[key];
    await target.ask('PUT', `/projects/${family.slug}/secrets/${key}`, { value });
  }
  return { family, webhooks };
}

export function deployProject(
  target: Target,
  { slug, files }: Pick<Family, 'slug' | 'files'>,
): Promise<{ webhooks: Record<string, string> }> {
  return target.ask('PUT', `/projects/${slug}`, { files });
}

export async function removeProject(target: Target, slug: string): Promise<void> {
  const { status, text } = await target.call('DELETE', `/projects/${slug}`);
  if (status !== 204 && status !== 404) throw new Error(`${slug} could not be deleted: ${status} ${text}`);
}
