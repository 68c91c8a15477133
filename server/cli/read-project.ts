import path from 'node:path';
import { readProjectFolder } from '../../runtime/project/built-in.ts';
import { isProtectedFile } from '../../runtime/project/check-files.ts';
import type { Manifest } from '../../runtime/project/manifest.ts';
import { parseManifest } from '../../runtime/project/parse-manifest.ts';
import type { Diagnostic, PackageBundle } from '../../sandbox/types.ts';
import { CliError } from './cli-error.ts';
import { detailLines } from './details.ts';

export interface LocalProject {
  readonly files: Readonly<Record<string, string>>;
  readonly manifest: Manifest;
  /** Of the npm packages that Protected Code imports; null when it imports none. */
  readonly bundle: PackageBundle | null;
}

/** A project in a folder, as a deploy takes it. What is wrong with project.yaml or with a package is told with file and line. */
export async function readProject(dir: string): Promise<LocalProject> {
  const { files } = await readProjectFolder(dir);
  const parsed = parseManifest(files['project.yaml'] ?? '');
  if (!parsed.ok) throw refused(dir, parsed.errors);
  return { files, manifest: parsed.manifest, bundle: await bundle(dir, files) };
}

async function bundle(dir: string, files: LocalProject['files']): Promise<PackageBundle | null> {
  const filename = Object.keys(files).find(isProtectedFile);
  if (filename === undefined) return null;
  const { bundlePackages, PackageError } = await import('../../sandbox/compile/bundle-packages.ts');
  try {
    const packages = await bundlePackages(path.resolve(dir), files[filename] ?? '', filename);
    return Object.keys(packages.modules).length === 0 ? null : packages;
  } catch (error) {
    throw error instanceof PackageError ? refused(dir, error.diagnostics) : error;
  }
}

function refused(dir: string, diagnostics: readonly Diagnostic[]): CliError {
  return new CliError(`The project in ${dir} is not right yet; correct what is listed above.`, {
    lines: detailLines(diagnostics),
  });
}
