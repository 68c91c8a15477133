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

/** What is accepted and kept, but does nothing yet. */
export function warnOfIdle(manifest: Manifest, source: YamlSource): Diagnostic[] {
  return warnOfUnboundSecrets(manifest, source);
}

function warnOfUnboundSecrets(manifest: Manifest, source: YamlSource): Diagnostic[] {
  return manifest.secrets.flatMap(({ key, sealed, hosts }, index) => {
    if (sealed && hosts.length === 0) {
      const message = `secret "${key}" is sealed and has no "hosts": it can be sent nowhere`;
      return [source.at(['secrets', index], message)];
    }
    if (sealed || hosts.length === 0) return [];
    const message = `secret "${key}": "hosts" and "in" bind sealed secrets only; Protected Code has this one in clear and can send it to every allowed host. Add "sealed: true" to bind it`;
    return [source.at(['secrets', index, 'hosts'], message)];
  });
}
