import path from 'node:path';
import { readProjectFolder } from '../../runtime/project/project-folder.ts';
import { isProtectedFile } from '../../sandbox/code-files.ts';
import type { PackageBundle } from '../../sandbox/types.ts';
import { CliError } from './cli-error.ts';
import { detailLines } from './details.ts';

export interface LocalProject {
  readonly slug: string;
  readonly files: Readonly<Record<string, string>>;
  /** Of the npm packages that Protected Code imports; null when it imports none. */
  readonly bundle: PackageBundle | null;
}

/** A project in a folder, as a deploy takes it. What is wrong with project.yaml or with a package is told with file and line. */
export async function readProject(dir: string): Promise<LocalProject> {
  const { slug, files } = await readProjectFolder(dir);
  return { slug, files, bundle: await bundlePackagesOf(dir, files) };
}

async function bundlePackagesOf(dir: string, files: LocalProject['files']): Promise<PackageBundle | null> {
  const filename = Object.keys(files).find(isProtectedFile);
  if (filename === undefined) return null;
  const { bundlePackages, PackageError } = await import('../../sandbox/compile/bundle-packages.ts');
  try {
    const bundle = await bundlePackages(path.resolve(dir), files[filename] ?? '', filename);
    return Object.keys(bundle.modules).length === 0 ? null : bundle;
  } catch (error) {
    if (!(error instanceof PackageError)) throw error;
    const lines = detailLines(error.diagnostics);
    throw new CliError('Protected Code cannot be bundled; correct what is listed above.', { lines });
  }
}
