import { deepFreeze } from '../../deep-freeze.ts';
import type { LoadedProject, ProjectRow, TriggerRow, VersionRow, VersionSummary } from '../project-store.ts';

/* Rows of projects as databases give them: truth is 0 or 1, what has parts is JSON. */

export type StoredProject = Omit<ProjectRow, 'active'> & { readonly active: number };
export type StoredTrigger = Omit<TriggerRow, 'active'> & { readonly active: number | null };
export type StoredVersion = VersionSummary & {
  readonly files: string;
  readonly bundle: string | null;
  readonly manifest: string;
  readonly program: string;
};
export interface StoredParam {
  readonly key: string;
  readonly value: string;
}

export const projectOf = ({
  id,
  slug,
  name,
  active,
  version,
  created_at,
  updated_at,
}: StoredProject): ProjectRow => ({
  ...{ id, slug, name, active: active === 1, version },
  ...{ created_at, updated_at },
});

export const versionOf = (stored: StoredVersion): VersionRow =>
  deepFreeze({
    ...stored,
    files: JSON.parse(stored.files),
    bundle: stored.bundle === null ? null : JSON.parse(stored.bundle),
    manifest: JSON.parse(stored.manifest),
    program: JSON.parse(stored.program),
  });

export const triggerOf = (stored: StoredTrigger): TriggerRow => ({
  ...stored,
  active: stored.active === null ? null : stored.active === 1,
});

/** Keys come from outside: without a prototype none of them means anything else. */
export const paramsOf = (params: readonly StoredParam[]): LoadedProject['params'] =>
  Object.assign(Object.create(null), Object.fromEntries(params.map(({ key, value }) => [key, value])));
