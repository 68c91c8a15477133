import type {
  CompileRequest,
  CompileResult,
  Diagnostic,
  PackageBundle,
  PackageNeed,
  ProtectedUnit,
} from '../types.ts';
import { type Checked, refused } from './diagnostics.ts';
import { importProblem } from './imports.ts';
import { misplacedNames } from './misplaced-names.ts';
import { packageNeeds } from './package-needs.ts';
import { joinPackages } from './packages.ts';
import { programId } from './program-id.ts';
import { type AuthorModule, readModule } from './read-module.ts';
import { type SourceFile, sortFiles } from './source-files.ts';
import { visibleNames } from './visible-names.ts';
import { writeProtectedUnit, writeTaskUnit } from './write-units.ts';
import { writtenImports } from './written-imports.ts';

const NO_PACKAGES: PackageBundle = { modules: {}, lock: [] };

/**
 * Compiles the code of one project in this process: all of it, or every reason why not. To be used where hostile text may
 * take the process down; elsewhere through `createCompiler`. Throws only when esbuild itself has failed.
 */
export async function compileProgram(request: CompileRequest): Promise<CompileResult> {
  const sorted = sortFiles(request.files);
  if (!sorted.ok) return sorted;
  const { value: files } = sorted;
  const bundle = request.bundle ?? NO_PACKAGES;
  const [protectedModule, common, ...tasks] = await Promise.all([
    files.protected && readModule(files.protected.file, files.protected.text),
    files.common && readWithoutImports(files.common),
    ...files.tasks.map(readWithoutImports),
  ]);
  const protectedCode = protectedModule?.ok ? await withPackages(protectedModule, bundle) : protectedModule;
  const read = [protectedCode, common, ...tasks].filter((checked) => checked !== null);
  const errors = read.flatMap((checked) => (checked.ok ? [] : checked.errors));
  if (errors.length > 0) return { ...refused(...errors), needs: needsOf(valueIn(protectedModule), bundle) };

  const protectedUnit = valueIn(protectedCode);
  const offered = protectedUnit?.exports.map(({ name }) => name) ?? [];
  const units = tasks.flatMap((task) => {
    const module = valueIn(task);
    return module ? [[module.file, writeTaskUnit(module, valueIn(common), offered)] as const] : [];
  });
  const commonModule = valueIn(common);
  const shared = commonModule === null ? [] : visibleNames(commonModule).map(({ name }) => name);
  const outside = [commonModule, ...tasks.map(valueIn)].filter((module) => module !== null);
  const warnings = [
    ...read.flatMap((checked) => (checked.ok ? checked.warnings : [])),
    ...outside.flatMap((module) => misplacedNames(module, [...offered, ...shared])),
  ];
  const program = {
    id: programId(request),
    tasks: Object.fromEntries(units),
    protected: protectedUnit,
    common: shared,
  };
  return { ok: true, program, warnings };
}

const valueIn = <T>(checked: Checked<T> | null | undefined): T | null => (checked?.ok ? checked.value : null);

async function readWithoutImports({ file, text }: SourceFile): Promise<Checked<AuthorModule>> {
  const read = await readModule(file, text);
  if (!read.ok) return read;
  const { imports, diagnostic } = read.value;
  const message =
    'Packages and imports are available in Protected Code only. Import it in protected.ts, and export a function from there.';
  const found = [
    ...(await writtenImports(file, text)),
    ...imports.map(({ start }) => diagnostic(start, message)),
  ];
  const errors = new Map(found.map((error) => [`${error.line}:${error.column}`, error]));
  return errors.size > 0 ? refused(...errors.values()) : read;
}

/** Empty when something else is wrong with an import, too. */
function needsOf(module: AuthorModule | null, { modules }: PackageBundle): readonly PackageNeed[] {
  if (module?.imports.some(({ specifier }) => importProblem(specifier, () => true) !== undefined)) return [];
  return module === null ? [] : packageNeeds(module, (specifier) => Object.hasOwn(modules, specifier));
}

async function withPackages(
  { value: module, warnings }: Extract<Checked<AuthorModule>, { ok: true }>,
  bundle: PackageBundle,
): Promise<Checked<ProtectedUnit>> {
  if (module.imports.length === 0) return { ok: true, value: writeProtectedUnit(module, null), warnings };

  const errors: Diagnostic[] = [];
  for (const { specifier, start } of module.imports) {
    const problem = importProblem(specifier, (name) => Object.hasOwn(bundle.modules, name));
    if (problem !== undefined) errors.push(module.diagnostic(start, problem));
  }
  if (errors.length > 0) return refused(...errors);
  const packages = await joinPackages(module, bundle);
  if (!packages.ok) return packages;
  return { ok: true, value: writeProtectedUnit(module, packages.value), warnings };
}
