import { isBuiltin } from 'node:module';
import type { ImportDeclaration } from 'acorn';

/** One name that a file takes from a package; `name` is `*` for all of it and null for none. */
export interface ImportedName {
  readonly specifier: string;
  readonly name: string | null;
  readonly local: string | null;
  /** Where in the text the import statement starts. */
  readonly start: number;
}

/** The names that one import statement takes; one without a name when it takes none. */
export function importedNames({ source, specifiers, start }: ImportDeclaration): readonly ImportedName[] {
  const specifier = String(source.value);
  if (specifiers.length === 0) return [{ specifier, name: null, local: null, start }];
  return specifiers.map((node) => {
    const local = node.local.name;
    if (node.type === 'ImportDefaultSpecifier') return { specifier, name: 'default', local, start };
    if (node.type === 'ImportNamespaceSpecifier') return { specifier, name: '*', local, start };
    const name = node.imported.type === 'Identifier' ? node.imported.name : String(node.imported.value);
    return { specifier, name, local, start };
  });
}

/** Why Protected Code cannot import this; undefined when it can. */
export function importProblem(
  specifier: string,
  available: (specifier: string) => boolean,
): string | undefined {
  const quoted = JSON.stringify(specifier);
  if (/^\.{0,2}\/|^\.{1,2}$|^#|^[a-z]:[\\/]/i.test(specifier)) {
    return `${quoted} cannot be imported: the files of a project do not import each other. Put shared code into common.ts, or publish it as an npm package.`;
  }
  if (isBuiltin(specifier)) {
    return `${quoted} is a module of Node.js, which does not exist here. Use fetch, crypto and the other web standards.`;
  }
  if (/^[a-z][a-z0-9+.-]*:/i.test(specifier)) {
    return `${quoted} cannot be imported: only npm packages can, by their name.`;
  }
  if (/(?:^|\/)\.{0,2}(?:\/|$)/.test(specifier)) {
    return `${quoted} is not the name of a package. Write it as its documentation does: "name" or "name/part".`;
  }
  if (!available(specifier)) {
    return `Package ${quoted} was not pushed with this project. Run \`sluice push\` from the project folder with the package installed.`;
  }
  return undefined;
}
