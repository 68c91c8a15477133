import type { ProtectedExport } from '../types.ts';
import type { TopLevelName } from './declarations.ts';
import type { AuthorModule } from './read-module.ts';

/** A name that other code sees, and what it is called inside the file. */
export interface VisibleName {
  readonly name: string;
  readonly local: string;
}

/**
 * What a file of Protected or Common Code offers: its exports; all its top-level names when it exports nothing; never a name that
 * starts with `_`.
 */
export function visibleNames({ names, exports }: AuthorModule): readonly VisibleName[] {
  const all =
    exports.size > 0
      ? [...exports].map(([name, local]) => ({ name, local }))
      : names.map(({ name }) => ({ name, local: name }));
  return all.filter(({ name }) => !name.startsWith('_'));
}

/** The same for Protected Code, with what can be told about each name before it has run. */
export function protectedExports(module: AuthorModule): readonly ProtectedExport[] {
  const byName = new Map(module.names.map((found) => [found.name, found]));
  return visibleNames(module).map(({ name, local }) => ({ name, ...describe(byName.get(local)) }));
}

function describe(found: TopLevelName | undefined): Pick<ProtectedExport, 'kind' | 'members'> {
  if (found === undefined || found.kind === 'other') return { kind: 'dynamic', members: [] };
  return { kind: found.kind, members: found.members };
}
