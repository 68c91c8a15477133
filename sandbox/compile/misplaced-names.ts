import { NOT_YET, PROTECTED_CAPABILITIES, TASK_CAPABILITIES } from '../capabilities.ts';
import type { Diagnostic } from '../types.ts';
import { aboutFile } from './diagnostics.ts';
import type { AuthorModule } from './read-module.ts';

const PROTECTED_ONLY = PROTECTED_CAPABILITIES.filter(
  (name) => !TASK_CAPABILITIES.includes(name) && !NOT_YET.includes(name),
);

/**
 * Warns of names that only Protected Code has where a task or Common Code mentions them: better told on deploy than by a
 * job that fails at night. `offered` are the names that the file gets from Protected Code and Common Code.
 */
export function misplacedNames(
  { file, names, mentions }: AuthorModule,
  offered: readonly string[],
): Diagnostic[] {
  const own = new Set([...names.map(({ name }) => name), ...offered]);
  return PROTECTED_ONLY.filter((name) => mentions.has(name) && !own.has(name)).map((name) =>
    aboutFile(
      file,
      `"${name}" is there in Protected Code only: export a function from protected.ts and call that`,
    ),
  );
}
