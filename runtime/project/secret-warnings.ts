import type { Diagnostic } from '../../sandbox/types.ts';
import type { Manifest } from './manifest.ts';
import type { YamlSource } from './yaml-source.ts';

/** Where `hosts` of a secret do not do what they seem to: a sealed one without any, and those of one that is not sealed. */
export function warnOfUnboundSecrets(manifest: Manifest, source: YamlSource): Diagnostic[] {
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
