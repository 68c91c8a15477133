import { type PreparedVersion, prepareDeploy } from '../../runtime/project/prepare-deploy.ts';
import type { Actor } from '../../runtime/runtime.ts';
import type { Sandbox } from '../../sandbox/types.ts';
import { detailLines } from './details.ts';
import type { Output } from './output.ts';
import type { LocalProject } from './read-project.ts';

/** Who works in a folder may do everything with what is in it. */
export const OWNER: Actor = Object.freeze({ id: null, name: 'local', login: null, role: 'manager' });

/** Checks and compiles a project as a Manager's first deploy would; warnings are told. */
export async function prepareProject(
  sandbox: Pick<Sandbox, 'compile'>,
  project: LocalProject,
  output: Output,
): Promise<PreparedVersion> {
  const prepared = await prepareDeploy(sandbox, { ...project, actor: OWNER }, undefined);
  for (const line of detailLines(prepared.warnings)) output.note(`Warning: ${line}`);
  return prepared;
}
