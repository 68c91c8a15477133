import type { EgressEntry, Manifest } from './manifest.ts';

/** Keys of the params that only a Manager may change. */
export function lockedParams(manifest: Manifest): ReadonlySet<string> {
  const patterns: readonly EgressEntry[] = [
    ...manifest.egress.allow,
    ...manifest.secrets.flatMap((secret) => secret.hosts),
  ];
  const used = patterns.flatMap((pattern) =>
    typeof pattern !== 'string' && 'param' in pattern ? [pattern.param] : [],
  );
  const marked = manifest.params.filter((param) => param.manager).map((param) => param.key);
  return new Set([...marked, ...used]);
}
