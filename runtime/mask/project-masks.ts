import type { LiveProject } from '../live-project.ts';
import { createMasker, type Masker } from './masker.ts';

/** `secrets` knows the project's secret values; `stored` also the secret parts of its hook URLs, for copies that are kept. */
export interface Masks {
  readonly secrets: Masker;
  readonly stored: Masker;
}

const made = new WeakMap<LiveProject, Masks>();

/** Made once per view of a project, at its first job. */
export function masksOf(live: LiveProject): Masks {
  const known = made.get(live);
  if (known !== undefined) return known;
  const masks = Object.freeze({
    secrets: createMasker(live.secrets),
    stored: createMasker(secretsAndHooks(live)),
  });
  made.set(live, masks);
  return masks;
}

function secretsAndHooks(live: LiveProject): Record<string, string> {
  const all: Record<string, string> = Object.assign(Object.create(null), live.secrets);
  for (const [name, { hook }] of live.triggersByName) {
    if (hook !== null) all[`hook ${name}`] = hook;
  }
  return all;
}
