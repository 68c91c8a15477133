import { existsSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../../runtime/app-error.ts';
import { prepareDeploy } from '../../../runtime/project/prepare-deploy.ts';
import { typeWarnings } from '../../../runtime/project/type-warnings.ts';
import { createCompiler } from '../../../sandbox/compile/compiler.ts';
import { spawnCompiler } from '../../../sandbox/compile/spawn-compiler.ts';
import { hostHardening } from '../../../sandbox/hardening/host-hardening.ts';
import { createTypeChecker } from '../../../sandbox/type-check/type-checker.ts';
import type { Diagnostic, Sandbox } from '../../../sandbox/types.ts';
import { OWNER } from '../prepare-project.ts';
import type { LocalProject } from '../read-project.ts';

/** The author waits for it, and the types of packages are large. */
const TIMEOUT_MS = 20_000;

/**
 * Type errors found with the packages of the project's folder, which a server does not have. Nothing for a project that
 * imports none, and for one that the server will refuse: it says why.
 */
export async function localTypeWarnings(dir: string, project: LocalProject): Promise<readonly Diagnostic[]> {
  const packages = path.join(path.resolve(dir), 'node_modules');
  const checker = createTypeChecker({ timeoutMs: TIMEOUT_MS });
  if (project.bundle === null || !existsSync(packages) || !checker.available) return [];
  const hardening = await hostHardening();
  const compiler = createCompiler({ spawn: () => spawnCompiler(hardening) });
  try {
    const prepared = await prepareDeploy(compiler, { ...project, actor: OWNER }, undefined);
    const checkTypes: Sandbox['checkTypes'] = (_, request) => checker.check({ ...request, packages });
    return await typeWarnings({ checkTypes }, prepared, OWNER);
  } catch (error) {
    if (error instanceof AppError) return [];
    throw error;
  } finally {
    await compiler.stop();
  }
}
