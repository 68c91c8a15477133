import type { PackageNeed } from '../types.ts';
import type { AuthorModule } from './read-module.ts';

/** The packages that a file imports, once each, as far as the bundle does not have them. */
export function packageNeeds(
  { imports, diagnostic }: AuthorModule,
  isThere: (specifier: string) => boolean = () => false,
): readonly PackageNeed[] {
  const found = new Map<string, { names: Set<string>; start: number }>();
  for (const { specifier, name, start } of imports) {
    if (isThere(specifier)) continue;
    const need = found.get(specifier) ?? { names: new Set(), start };
    found.set(specifier, need);
    if (name !== null && name !== '*') need.names.add(name);
  }
  return [...found].map(([specifier, { names, start }]) => {
    const { message: _, ...place } = diagnostic(start, '');
    return { specifier, names: [...names], place };
  });
}
