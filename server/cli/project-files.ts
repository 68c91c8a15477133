import { lstat, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isProjectFile } from '../../runtime/project/check-files.ts';
import { CliError } from './cli-error.ts';

/**
 * Files that came from a server, if each one is a file a project can have. Whatever else the server sends, it cannot name
 * a place outside of the project's folder.
 */
export function checkExport(answer: unknown): ReadonlyMap<string, string> {
  const files: unknown =
    typeof answer === 'object' && answer !== null ? Reflect.get(answer, 'files') : undefined;
  if (typeof files !== 'object' || files === null) {
    throw new CliError('The server sent no files. Check --url.');
  }
  const checked = new Map<string, string>();
  for (const [name, text] of Object.entries(files)) {
    if (!isProjectFile(name) || typeof text !== 'string') {
      throw new CliError(
        `The server sent ${JSON.stringify(name)}, which no project has. Nothing was written.`,
      );
    }
    checked.set(name, text);
  }
  return checked;
}

/** Names of the files that are in the folder already with another content. */
export async function findDifferent(dir: string, files: ReadonlyMap<string, string>): Promise<string[]> {
  const different: string[] = [];
  for (const [name, text] of files) {
    const here = await readIfThere(path.join(dir, name));
    if (here !== null && here !== text) different.push(name);
  }
  return different;
}

/** Writes each file whole or not at all. Links in the folder are not followed to other places. */
export async function writeFiles(dir: string, files: ReadonlyMap<string, string>): Promise<void> {
  for (const [name, text] of files) {
    const target = path.join(dir, name);
    const folder = path.dirname(target);
    await mkdir(folder, { recursive: true });
    if (folder !== path.normalize(dir) && !(await lstat(folder)).isDirectory()) {
      throw new CliError(`${folder} is a link to another place. Make it a folder, then try again.`);
    }
    const draft = `${target}.${process.pid}.tmp`;
    await writeFile(draft, text, { flag: 'wx' });
    await rename(draft, target);
  }
}

/** The text of a file; null when there is none. Throws a `CliError` when it cannot be read. */
export async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new CliError(`${file} cannot be read. Check what it is and who may read it.`, { cause: error });
  }
}
