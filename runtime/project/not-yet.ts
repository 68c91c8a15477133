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
  manifest.secrets.forEach((secret, index) => {
    if (!secret.sealed) return;
    const message = `secret "${secret.key}": this version cannot keep a sealed secret from Protected Code yet. Remove "sealed: true" if Protected Code may see the value.`;
    found.push(source.at(['secrets', index, 'sealed'], message));
  });
  return found;
}

/** What is accepted and kept, but does nothing yet. */
export function warnOfIdle(manifest: Manifest, source: YamlSource): Diagnostic[] {
  return warnOfUnboundSecrets(manifest, source);
}

function warnOfUnboundSecrets(manifest: Manifest, source: YamlSource): Diagnostic[] {
  return manifest.secrets.flatMap((secret, index) => {
    if (secret.hosts.length === 0) return [];
    const message = `secret "${secret.key}": "hosts" and "in" bind sealed secrets, which this version does not have yet; Protected Code can send this one to every allowed host`;
    return [source.at(['secrets', index, 'hosts'], message)];
  });
}
