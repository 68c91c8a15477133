import { compileProgram } from '../../sandbox/compile/compile-program.ts';
import type { Diagnostic, PackageBundle, Program, ProtectedUnit, TaskUnit } from '../../sandbox/types.ts';

type Files = Readonly<Record<string, string>>;
type Names = Record<string, (...args: unknown[]) => unknown>;

/** The program of these files; fails the test when they are refused. */
export async function compiled(files: Files, bundle: PackageBundle | null = null): Promise<Program> {
  const result = await compileProgram({ files, bundle });
  if (!result.ok) throw new Error(`Refused: ${JSON.stringify(result.errors)}`);
  return result.program;
}

/** What is said against these files; fails the test when they compile. */
export async function refusals(
  files: Files,
  bundle: PackageBundle | null = null,
): Promise<readonly Diagnostic[]> {
  const result = await compileProgram({ files, bundle });
  if (result.ok) throw new Error('Compiled, and was to be refused.');
  return result.errors;
}

/** A project whose only task is `tasks/a.ts`. */
export async function compiledTask(text: string, others: Files = {}): Promise<TaskUnit> {
  const { tasks } = await compiled({ 'tasks/a.ts': text, ...others });
  const unit = tasks['tasks/a.ts'];
  if (unit === undefined) throw new Error('tasks/a.ts was not compiled.');
  return unit;
}

export async function compiledProtected(
  text: string,
  bundle: PackageBundle | null = null,
): Promise<ProtectedUnit> {
  const { protected: unit } = await compiled({ 'protected.ts': text }, bundle);
  if (unit === null) throw new Error('protected.ts was not compiled.');
  return unit;
}

/** Runs a unit as a realm does, with these capabilities, in this process. */
export async function evaluated(
  unit: { readonly code: string },
  capabilities: Readonly<Record<string, unknown>> = {},
): Promise<Names> {
  const factory: (capabilities: object) => Names | Promise<Names> = new Function(`return ${unit.code}`)();
  return factory(capabilities);
}
