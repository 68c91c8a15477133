import { lstat, readdir, readFile, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { Diagnostic } from '../../sandbox/types.ts';
import { AppError } from '../app-error.ts';
import { isProjectFile, MAX_FILE_BYTES } from './check-files.ts';
import { PROJECT_FILE } from './names.ts';
import { parseManifest } from './parse-manifest.ts';
import { invalidProject } from './prepare-deploy.ts';

export interface ProjectFolder {
  /** As project.yaml says. */
  readonly slug: string;
  /** Name -> text, as a deploy takes them. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Reads the files of a project out of a folder; others beside them (README.md, package.json, node_modules) stay where they
 * are. Code in tasks/ whose name no task can have, files that are too large or no text, and links that lead out of the
 * folder are errors: `invalid_project` (422) with `details: Diagnostic[]`; `not_found` (404) when there is no project.yaml.
 */
export async function readProjectFolder(dir: string): Promise<ProjectFolder> {
  const names = [...(await list(dir)), ...(await list(join(dir, 'tasks'))).map((name) => `tasks/${name}`)];
  if (!names.includes(PROJECT_FILE)) {
    throw new AppError(
      'not_found',
      404,
      `There is no ${PROJECT_FILE} in ${dir}. Name the folder of a project.`,
    );
  }
  const wanted = names.filter((name) => isProjectFile(name) || /^tasks\/.*\.(?:ts|js)$/.test(name)).sort();
  const home = await realpath(dir);
  const read = await Promise.all(wanted.map(async (name) => [name, await readOne(home, name)] as const));
  const errors = read.flatMap(([, result]) => (typeof result === 'string' ? [] : [result]));
  if (errors.length > 0) throw invalidProject(errors);
  const files = Object.fromEntries(
    read.flatMap(([name, text]) => (typeof text === 'string' ? [[name, text]] : [])),
  );
  const parsed = parseManifest(files[PROJECT_FILE] ?? '');
  if (!parsed.ok) throw invalidProject(parsed.errors);
  return { slug: parsed.manifest.slug, files };
}

/** Empty when there is no such folder. */
async function list(dir: string): Promise<string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw new AppError('unreadable_folder', 422, `${dir} cannot be read as a folder. Check the name.`, {
      cause: error,
    });
  }
}

async function readOne(home: string, name: string): Promise<string | Diagnostic> {
  const wrong = (message: string): Diagnostic => ({
    file: name,
    line: 0,
    column: 0,
    message: `${name} ${message}`,
  });
  if (!isProjectFile(name)) return wrong('cannot be the file of a task: name it with a-z, 0-9 and dashes');
  const path = join(home, name);
  const real = await realpath(path).catch(() => undefined);
  if (real === undefined || !real.startsWith(home + sep)) {
    return wrong('is a link that leads out of the folder: put the file itself here');
  }
  const found = await lstat(real);
  if (!found.isFile()) return wrong('is not a file');
  if (found.size > MAX_FILE_BYTES) return wrong('is larger than 1 MB: split it up');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(real));
  } catch {
    return wrong('is not text: save it as UTF-8');
  }
}
