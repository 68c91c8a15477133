import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { newProjectFiles } from '../../../runtime/project/template.ts';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../context.ts';
import { writeFiles } from '../project-files.ts';

/** Writes a small project that works, called like its folder, into a folder that is empty or not there yet. */
export async function newProject({ output }: CommandContext, dir: string): Promise<void> {
  if ((await listIfThere(dir)).length > 0) {
    throw new CliError(`${dir} is not empty. Name a folder that is empty or not there yet.`);
  }
  const files = new Map(Object.entries(await newProjectFiles(path.basename(path.resolve(dir)))));
  await writeFiles(dir, files);
  output.result({ dir, files: [...files.keys()] }, () => nextSteps(dir, [...files.keys()]));
}

async function listIfThere(dir: string): Promise<readonly string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw new CliError(`${dir} cannot be used. Name a folder that is empty or not there yet.`, {
      cause: error,
    });
  }
}

function nextSteps(dir: string, names: readonly string[]): string {
  const word = /^[\w./@+-]+$/.test(dir) ? dir : `'${dir.replaceAll("'", "'\\''")}'`;
  return [
    `${dir} has a project now: ${names.join(', ')}`,
    `  sluice types ${word}                 # so that your editor knows what code can use`,
    `  sluice run ${word} hello button      # try it here`,
    `  sluice push ${word}                  # deploy it`,
  ].join('\n');
}
