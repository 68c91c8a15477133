import { isProtectedFile } from '../../sandbox/code-files.ts';
import type { Diagnostic, Program, Sandbox } from '../../sandbox/types.ts';
import type { Actor } from '../runtime.ts';
import type { Manifest } from './manifest.ts';
import { PROJECT_FILE } from './names.ts';
import { generateTypes } from './types-file.ts';

export interface TypedVersion {
  readonly manifest: Manifest;
  readonly program: Program;
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Type errors in the code of a version, as an editor shows them with what `sluice types` writes. A message tells of types,
 * so those who may not read Protected Code get it checked as if its names took anything.
 */
export async function typeWarnings(
  sandbox: Pick<Sandbox, 'checkTypes'>,
  { manifest, program, files }: TypedVersion,
  actor: Actor,
): Promise<readonly Diagnostic[]> {
  const readable = Object.entries(files).filter(
    ([name]) => name !== PROJECT_FILE && (actor.role === 'manager' || !isProtectedFile(name)),
  );
  const code = Object.fromEntries(readable);
  return sandbox.checkTypes(program, { files: code, typeFiles: generateTypes(manifest, program, code) });
}
