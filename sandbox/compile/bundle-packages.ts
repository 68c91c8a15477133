import { realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import * as esbuild from 'esbuild';
import type { Diagnostic, LockEntry, PackageBundle, PackageNeed } from '../types.ts';
import { type Checked, esbuildErrors, refused } from './diagnostics.ts';
import { importProblem } from './imports.ts';
import { createLockReader } from './package-lock.ts';
import { packageNeeds } from './package-needs.ts';
import { readModule } from './read-module.ts';

/** Packages that cannot be bundled, each with the import statement that asks for it. */
export class PackageError extends Error {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(({ file, line, message }) => `${file}:${line}: ${message}`).join('\n'));
    this.name = 'PackageError';
    this.diagnostics = diagnostics;
  }
}

/**
 * Bundles the packages that Protected Code imports, as installed in the project folder: on the author's own machine, for `push`.
 * @param projectDir whose own `node_modules` is used, not those of the folders above
 * @param filename of Protected Code, for messages and to tell TypeScript from JavaScript
 * @throws PackageError for syntax errors, imports that are not packages, and packages that are missing or need Node.js
 */
export async function bundlePackages(
  projectDir: string,
  protectedSource: string,
  filename: string,
): Promise<PackageBundle> {
  const read = await readModule(filename, protectedSource);
  if (!read.ok) throw new PackageError(read.errors);
  const problems = read.value.imports.flatMap(({ specifier, start }) => {
    const problem = importProblem(specifier, () => true);
    return problem === undefined ? [] : [read.value.diagnostic(start, problem)];
  });
  if (problems.length > 0) throw new PackageError(problems);
  const bundled = await bundleNeeds(projectDir, packageNeeds(read.value), {
    missing: (name) => `is not installed. Run \`npm install ${name}\` in the project folder.`,
    outside: (name) => `${name} is not in node_modules of this folder. Run \`npm install ${name}\` there`,
    roots: (name) => installedIn(projectDir, name),
  });
  if (!bundled.ok) throw new PackageError(bundled.errors);
  return bundled.value;
}

export interface BundleOptions {
  /** Completes the sentence 'Package "name" ...' for a package that is not there. */
  readonly missing: (name: string) => string;
  /** Says of a package that it is there, but not where it may come from. */
  readonly outside: (name: string) => string;
  /**
   * Real paths of the folders that the files of a package and of what it needs may come from; none when the package is not
   * there. Node.js, and esbuild with it, looks in the folders above, too.
   */
  readonly roots: (name: string) => Promise<readonly string[]>;
}

/** Bundles packages out of the `node_modules` of a folder. */
export async function bundleNeeds(
  dir: string,
  needs: readonly PackageNeed[],
  options: BundleOptions,
): Promise<Checked<PackageBundle>> {
  const modules = new Map<string, string>();
  const lock = new Map<string, LockEntry>();
  const lockOf = createLockReader(dir);
  for (const need of needs) {
    const bundled = await bundleOne(dir, need, options);
    if (!bundled.ok) return bundled;
    const { code, inputs } = bundled.value;
    modules.set(need.specifier, code);
    for (const entry of await lockOf(inputs)) lock.set(`${entry.name}@${entry.version}`, entry);
  }
  const sorted = [...lock].sort(([a], [b]) => (a < b ? -1 : 1));
  const value = { modules: Object.fromEntries(modules), lock: sorted.map(([, entry]) => entry) };
  return { ok: true, value, warnings: [] };
}

/** Ends the process that esbuild keeps in the background; the next bundle starts another. */
export const stopBundling = (): Promise<void> => esbuild.stop();

interface Bundled {
  readonly code: string;
  /** The files that went into it, relative to the folder. */
  readonly inputs: readonly string[];
}

/**
 * All that a package exports. The names in use are asked for one by one besides, because those of a CommonJS package cannot be
 * listed; `default` is tried, because there is no asking whether a package has it.
 */
async function bundleOne(
  dir: string,
  { specifier, names, place }: PackageNeed,
  { missing, outside, roots }: BundleOptions,
): Promise<Checked<Bundled>> {
  const name = packageOf(specifier);
  const allowed = await roots(name);
  if (allowed.length === 0) return refused({ ...place, message: `Package "${name}" ${missing(name)}` });
  const plugins = [inside(allowed, outside)];
  const withDefault = await tryBuild(dir, specifier, new Set([...names, 'default']), plugins);
  const hasNoDefault =
    'errors' in withDefault && withDefault.errors.every(({ text }) => text.includes('import "default"'));
  const built =
    hasNoDefault && !names.includes('default')
      ? await tryBuild(dir, specifier, new Set(names), plugins)
      : withDefault;
  if ('errors' in built) return refused({ ...place, message: explain(specifier, built.errors, missing) });
  return { ok: true, value: built, warnings: [] };
}

async function tryBuild(
  dir: string,
  specifier: string,
  names: ReadonlySet<string>,
  plugins: esbuild.Plugin[],
): Promise<Bundled | { readonly errors: readonly esbuild.Message[] }> {
  try {
    return await build(dir, specifier, names, plugins);
  } catch (error) {
    const errors = esbuildErrors(error);
    if (errors === undefined) throw error;
    return { errors };
  }
}

/**
 * What a package has for the web's workers and browsers is nearest to what there is here. An old `browser` file comes after
 * `module`: it is often one minified script whose exports nobody can list.
 */
const FOR_THE_WEB = {
  platform: 'browser',
  mainFields: ['module', 'browser', 'main'],
  conditions: ['worker', 'browser', 'import', 'module'],
} satisfies esbuild.BuildOptions;

async function build(
  dir: string,
  specifier: string,
  names: ReadonlySet<string>,
  plugins: esbuild.Plugin[],
): Promise<Bundled> {
  const from = JSON.stringify(specifier);
  const lines = [...names].map((name) => `export { ${JSON.stringify(name)} } from ${from};`);
  const built = await esbuild.build({
    ...FOR_THE_WEB,
    plugins,
    stdin: {
      contents: [`export * from ${from};`, ...lines].join('\n'),
      resolveDir: dir,
      loader: 'js',
    },
    absWorkingDir: dir,
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    target: 'es2024',
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'silent',
    define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' },
    tsconfigRaw: {},
  });
  const outputs = Object.values(built.metafile.outputs);
  return {
    code: built.outputFiles[0]?.text ?? '',
    inputs: outputs.flatMap(({ inputs }) => Object.keys(inputs)),
  };
}

/** Refuses to read a file that is not below one of the folders, whatever led to it. */
const inside = (roots: readonly string[], outside: BundleOptions['outside']): esbuild.Plugin => ({
  name: 'inside',
  setup({ onLoad }) {
    // What a package replaces by nothing for the web has a name and no file.
    onLoad({ filter: /.*/, namespace: 'file' }, ({ path }) => {
      if (roots.some((root) => path.startsWith(root + sep))) return undefined;
      return { errors: [{ text: outside(packageOf(path.split(`${sep}node_modules${sep}`).at(-1) ?? '')) }] };
    });
  },
});

/** `@scope/name` of `@scope/name/part`. */
const packageOf = (specifier: string): string =>
  specifier
    .split(/[\\/]/)
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** Of an author's own machine: a package that npm has linked to another folder is there on purpose. */
async function installedIn(dir: string, name: string): Promise<readonly string[]> {
  const modules = join(dir, 'node_modules');
  const found = await Promise.all([join(modules, name), modules].map(realPath));
  return found[0] === undefined ? [] : found.filter((path) => path !== undefined);
}

const realPath = (path: string): Promise<string | undefined> => realpath(path).catch(() => undefined);

function explain(
  specifier: string,
  messages: readonly esbuild.Message[],
  isMissing: (name: string) => string,
): string {
  const missing = new Set<string>();
  const others: string[] = [];
  for (const { text, location } of messages) {
    const name = /^Could not resolve "(.+)"$/.exec(text)?.[1];
    if (name === undefined) others.push(text);
    else if (location?.file !== '<stdin>') missing.add(name);
    else return `Package "${name}" ${isMissing(name)}`;
  }
  if (missing.size === 0) return `Package "${specifier}": ${others.join('; ')}`;
  return `Package "${specifier}" needs ${[...missing].join(', ')}, which it does not bring along and Sluice does not have. Use another package.`;
}
