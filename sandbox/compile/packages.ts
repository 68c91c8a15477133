import * as esbuild from 'esbuild';
import type { PackageBundle } from '../types.ts';
import { type Checked, esbuildErrors, refused } from './diagnostics.ts';
import { PACKAGE_PREFIX } from './filenames.ts';
import { referredName } from './free-names.ts';
import type { ImportedName } from './imports.ts';
import { blank, parse } from './parse.ts';
import type { AuthorModule } from './read-module.ts';
import { WITHOUT_INPUT_MAP } from './transform.ts';
import { isAwait, walk } from './walk.ts';

/** The packages that a file imports, as one piece of JavaScript that declares what it takes from them. */
export interface Packages {
  readonly code: string;
  readonly map: string;
  /** What the file calls a thing -> what the code calls it. */
  readonly names: ReadonlyMap<string, string>;
  readonly awaits: boolean;
  readonly mentions: ReadonlySet<string>;
}

const NAMESPACE = PACKAGE_PREFIX.slice(0, -1);

/** Joins the pushed packages that a file imports. Each import of the file must be of a package in the bundle. */
export async function joinPackages(module: AuthorModule, bundle: PackageBundle): Promise<Checked<Packages>> {
  const { imports } = module;
  try {
    const built = await esbuild.build({
      stdin: { contents: imports.map(entryLine).join('\n'), sourcefile: 'imports', loader: 'js' },
      plugins: [onlyFrom(bundle)],
      bundle: true,
      write: false,
      outfile: 'packages.js',
      format: 'esm',
      platform: 'neutral',
      target: 'es2024',
      supported: { using: true },
      sourcemap: 'external',
      sourcesContent: false,
      charset: 'utf8',
      legalComments: 'none',
      logLevel: 'silent',
      define: { require: 'undefined' },
      tsconfigRaw: {},
    });
    const text = (suffix: string) => built.outputFiles.find(({ path }) => path.endsWith(suffix))?.text ?? '';
    return readPackages(text('.js'), text('.map'), imports);
  } catch (error) {
    const errors = esbuildErrors(error);
    if (errors === undefined) throw error;
    return refused(...errors.map((message) => packageProblem(message, module)));
  }
}

/** One line for each imported name, so that the line of a message tells which one it is about. */
function entryLine({ specifier, name }: ImportedName, index: number): string {
  const from = JSON.stringify(specifier);
  if (name === null) return `import ${from};`;
  return name === '*'
    ? `export * as $${index} from ${from};`
    : `export { ${JSON.stringify(name)} as $${index} } from ${from};`;
}

/** Lets esbuild read the bundle and nothing else: no file, no address. */
const onlyFrom = ({ modules }: PackageBundle): esbuild.Plugin => ({
  name: 'bundle',
  setup(build) {
    build.onResolve({ filter: /.*/ }, ({ path, importer }) => {
      if (importer === 'imports') return { path, namespace: NAMESPACE };
      return {
        errors: [
          {
            text: `Its bundle is not complete: it imports ${JSON.stringify(path)}. Run \`sluice push\` again.`,
          },
        ],
      };
    });
    build.onLoad({ filter: /.*/ }, ({ path }) => ({
      contents: `${modules[path]}${WITHOUT_INPUT_MAP}`,
      loader: 'js',
    }));
  },
});

function packageProblem({ text, location }: esbuild.Message, { imports, diagnostic }: AuthorModule) {
  const inEntry = location?.file === 'imports' ? imports[location.line - 1] : undefined;
  if (inEntry !== undefined) {
    const { specifier, name, start } = inEntry;
    return diagnostic(start, `Package "${specifier}" has no export ${JSON.stringify(name)}. (${text})`);
  }
  const file = location?.file ?? '';
  const specifier = file.startsWith(PACKAGE_PREFIX) ? file.slice(PACKAGE_PREFIX.length) : file;
  const start = imports.find((imported) => imported.specifier === specifier)?.start ?? 0;
  return diagnostic(
    start,
    `Package "${specifier}" cannot be used: ${text} (line ${location?.line ?? 0} of its bundle)`,
  );
}

function readPackages(code: string, map: string, imports: readonly ImportedName[]): Checked<Packages> {
  const parsed = parse('npm', { code, map });
  if (!parsed.ok) return parsed;
  const { program, comments } = parsed.value;
  const tail = program.body.filter((node) => node.type === 'ExportNamedDeclaration');
  const names = new Map<string, string>();
  for (const { exported, local } of tail.flatMap((node) => node.specifiers)) {
    if (exported.type !== 'Identifier' || local.type !== 'Identifier') continue;
    const taken = imports[Number(exported.name.slice(1))]?.local;
    if (taken) names.set(taken, local.name);
  }
  const mentions = new Set<string>();
  let awaits = false;
  for (const visit of walk(program)) {
    const name = referredName(visit);
    if (name !== undefined) mentions.add(name);
    if (!visit.inFunction && isAwait(visit.node)) awaits = true;
  }
  return {
    ok: true,
    warnings: [],
    value: { code: blank(code, [...comments, ...tail]), map, names, awaits, mentions },
  };
}
