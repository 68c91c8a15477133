import * as esbuild from 'esbuild';
import type { Diagnostic, PackageBundle } from '../types.ts';
import { esbuildErrors } from './diagnostics.ts';
import { importProblem } from './imports.ts';
import { type LockEntry, lockOf } from './package-lock.ts';
import { type AuthorModule, readModule } from './read-module.ts';

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
 * @param projectDir where `node_modules` is looked for, as Node.js does it
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

  const modules = new Map<string, string>();
  const lock = new Map<string, LockEntry>();
  for (const [specifier, names] of namesBySpecifier(read.value)) {
    const { code, inputs } = await bundleOne(projectDir, read.value, specifier, names);
    modules.set(specifier, code);
    for (const entry of await lockOf(projectDir, inputs)) lock.set(`${entry.name}@${entry.version}`, entry);
  }
  const sorted = [...lock].sort(([a], [b]) => (a < b ? -1 : 1));
  return { modules: Object.fromEntries(modules), lock: sorted.map(([, entry]) => entry) };
}

function namesBySpecifier({ imports }: AuthorModule): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const { specifier, name } of imports) {
    const names = found.get(specifier) ?? new Set();
    found.set(specifier, names);
    if (name !== null && name !== '*') names.add(name);
  }
  return found;
}

interface Bundled {
  readonly code: string;
  /** The files that went into it, relative to the project folder. */
  readonly inputs: readonly string[];
}

/**
 * All that a package exports. The names in use are asked for one by one besides, because those of a CommonJS package cannot be
 * listed; `default` is tried, because there is no asking whether a package has it.
 */
async function bundleOne(
  projectDir: string,
  module: AuthorModule,
  specifier: string,
  names: ReadonlySet<string>,
): Promise<Bundled> {
  try {
    return await build(projectDir, specifier, new Set([...names, 'default']));
  } catch (error) {
    const messages = esbuildErrors(error);
    if (messages === undefined) throw error;
    if (!names.has('default') && messages.every(({ text }) => text.includes('import "default"'))) {
      return bundleOneWithoutDefault(projectDir, module, specifier, names);
    }
    throw packageError(module, specifier, messages);
  }
}

async function bundleOneWithoutDefault(
  projectDir: string,
  module: AuthorModule,
  specifier: string,
  names: ReadonlySet<string>,
): Promise<Bundled> {
  try {
    return await build(projectDir, specifier, names);
  } catch (error) {
    const messages = esbuildErrors(error);
    throw messages === undefined ? error : packageError(module, specifier, messages);
  }
}

async function build(projectDir: string, specifier: string, names: ReadonlySet<string>): Promise<Bundled> {
  const from = JSON.stringify(specifier);
  const lines = [...names].map((name) => `export { ${JSON.stringify(name)} } from ${from};`);
  const built = await esbuild.build({
    stdin: {
      contents: [`export * from ${from};`, ...lines].join('\n'),
      resolveDir: projectDir,
      loader: 'js',
    },
    absWorkingDir: projectDir,
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['import', 'module'],
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

function packageError(
  { imports, diagnostic }: AuthorModule,
  specifier: string,
  messages: readonly esbuild.Message[],
): PackageError {
  const start = imports.find((imported) => imported.specifier === specifier)?.start ?? 0;
  return new PackageError([diagnostic(start, explain(specifier, messages))]);
}

function explain(specifier: string, messages: readonly esbuild.Message[]): string {
  const missing = new Set<string>();
  const others: string[] = [];
  for (const { text, location } of messages) {
    const name = /^Could not resolve "(.+)"$/.exec(text)?.[1];
    if (name === undefined) others.push(text);
    else if (location?.file !== '<stdin>') missing.add(name);
    else return `Package "${name}" is not installed. Run \`npm install ${name}\` in the project folder.`;
  }
  if (missing.size === 0) return `Package "${specifier}": ${others.join('; ')}`;
  return `Package "${specifier}" needs ${[...missing].join(', ')}, which it does not bring along and Sluice does not have. Use another package.`;
}
