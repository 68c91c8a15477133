import type { Diagnostic } from '../../sandbox/types.ts';
import type { Manifest } from './manifest.ts';
import type { YamlSource } from './yaml-source.ts';

/** What a project may ask for but this version cannot give without harm: refused, so that nobody relies on it. */
export function refuseUnsupported(manifest: Manifest, source: YamlSource): Diagnostic[] {
  const found: Diagnostic[] = [];
  if (manifest.env !== 'embedded') {
    found.push(
      source.at(['env'], `env: there is no connection "${manifest.env}"; this version has "embedded" only`),
    );
  }
  if (manifest.shared_packages.length > 0) {
    const message =
      'shared_packages are not supported by this version yet: leave the list empty, packages work without';
    found.push(source.at(['shared_packages'], message));
  }
  return found;
}
