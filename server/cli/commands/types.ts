import path from 'node:path';
import { generateTypes } from '../../../runtime/project/types-file.ts';
import { createCompiler } from '../../../sandbox/compile/compiler.ts';
import { spawnCompiler } from '../../../sandbox/compile/spawn-compiler.ts';
import { hostHardening } from '../../../sandbox/hardening/host-hardening.ts';
import type { CommandContext } from '../context.ts';
import { prepareProject } from '../prepare-project.ts';
import { readIfThere, writeFiles } from '../project-files.ts';
import { readProject } from '../read-project.ts';

const CONFIG = 'tsconfig.json';

/** Writes what an editor and `tsc -b` need to know about the code of a project. A tsconfig.json of the author's own stays. */
export async function writeTypes({ output }: CommandContext, dir: string): Promise<void> {
  const project = await readProject(dir);
  const hardening = await hostHardening();
  const compiler = createCompiler({ spawn: () => spawnCompiler(hardening) });
  try {
    const { manifest, program, files } = await prepareProject(compiler, project, output);
    const written = new Map(Object.entries(generateTypes(manifest, program, files)));
    const own = await readIfThere(path.join(dir, CONFIG));
    if (own !== null && !own.includes('.sluice/')) {
      written.delete(CONFIG);
      output.note(`${path.join(dir, CONFIG)} is your own and stays. Refer to .sluice/tsconfig.*.json in it.`);
    }
    await writeFiles(dir, written);
    const names = [...written.keys()];
    const shown = names.filter((name) => !name.includes('/')).join(', ');
    output.result({ dir, files: names }, () => `${dir}: wrote ${shown} and the folder .sluice`);
  } finally {
    await compiler.stop();
  }
}
