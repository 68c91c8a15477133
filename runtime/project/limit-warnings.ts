import type { Diagnostic } from '../../sandbox/types.ts';
import { HIGHEST_LIMITS } from '../job-limits.ts';
import type { LimitSpec, Manifest } from './manifest.ts';
import type { Path, YamlSource } from './yaml-source.ts';

/** The highest limits as people write them. */
const SHOWN: Readonly<Record<keyof LimitSpec, string>> = {
  timeout: '1 hour',
  cpu: '10 minutes',
  memory: '1 GB',
  concurrency: '100',
};
const KEYS = Object.keys(SHOWN) as readonly (keyof LimitSpec)[];

/** Limits that are higher than any job gets here. */
export function warnOfCutLimits(manifest: Manifest, source: YamlSource): Diagnostic[] {
  return [
    ...warnOf(manifest.limits, ['limits'], source),
    ...manifest.tasks.flatMap(({ limits }, index) => warnOf(limits, ['tasks', index, 'limits'], source)),
  ];
}

function warnOf(limits: LimitSpec, path: Path, source: YamlSource): Diagnostic[] {
  return KEYS.filter((key) => (limits[key] ?? 0) > HIGHEST_LIMITS[key]).map((key) => {
    const message = `limits.${key} is above the maximum of ${SHOWN[key]} and counts as that. Write ${SHOWN[key]} or less`;
    return source.at([...path, key], message);
  });
}
