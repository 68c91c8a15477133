import { SLUG } from '../../../runtime/project/names.ts';
import { CliError, usageError } from '../cli-error.ts';
import { route } from '../client.ts';
import type { CommandContext } from '../context.ts';
import { checkExport, findDifferent, writeFiles } from '../project-files.ts';

export interface PullOptions {
  /** Overwrite files that are different here. */
  readonly force?: boolean;
}

/**
 * Writes the active version's files into a folder named after the project, or `dir`. A file that is different here stays
 * unless forced, and then nothing is written at all; files that the version does not have are left alone.
 */
export async function pull(
  context: CommandContext,
  slug: string,
  dir: string = slug,
  options: PullOptions = {},
): Promise<void> {
  if (!SLUG.test(slug)) throw usageError(`"${slug}" is not the slug of a project.`);
  const client = await context.connect();
  const files = checkExport(await client.get(route`/projects/${slug}/export`));
  const different = await findDifferent(dir, files);
  if (different.length > 0 && !options.force) {
    const advice = 'Nothing was written; give --force to overwrite, or another folder.';
    throw new CliError(`${count(different.length)} in ${dir} would change. ${advice}`, { lines: different });
  }
  await writeFiles(dir, files);
  const names = [...files.keys()];
  context.output.result(
    { project: slug, dir, files: names },
    () => `${slug}: ${count(names.length)} in ${dir}`,
  );
  if (!names.some((name) => name.startsWith('protected.'))) {
    context.output.note(
      'There is no Protected Code among them. If the project has some, this token may not read it: a Manager’s may.',
    );
  }
}

const count = (files: number): string => (files === 1 ? '1 file' : `${files} files`);
