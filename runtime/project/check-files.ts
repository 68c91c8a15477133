import { isCommonFile, isProtectedFile, isTaskFile } from '../../sandbox/code-files.ts';
import type { Diagnostic, PackageBundle } from '../../sandbox/types.ts';
import { PROJECT_FILE } from './names.ts';
import { nearest } from './nearest.ts';

const USUAL = ['project.yaml', 'protected.ts', 'protected.js', 'common.ts', 'common.js'];
const MB = 1024 * 1024;
const MAX_REPORTED = 50;

export const MAX_FILE_BYTES = MB;
const MAX_DEPLOY_BYTES = 10 * MB;

/** True for the names that a project may consist of. */
export function isProjectFile(name: string): boolean {
  return name === PROJECT_FILE || isProtectedFile(name) || isCommonFile(name) || isTaskFile(name);
}

/** What is wrong with the set of files of a deploy, before anything in them is read. */
export function checkFiles(
  files: Readonly<Record<string, string>>,
  bundle: PackageBundle | null,
): Diagnostic[] {
  const all = Object.entries(files);
  const found = [
    ...(Object.hasOwn(files, PROJECT_FILE) ? [] : [about(PROJECT_FILE, 'is missing: every project has one')]),
  ];
  for (const [name, text] of all) {
    found.push(...checkFile(name, text, files));
    // A deploy may have a million names.
    if (found.length >= MAX_REPORTED) return found;
  }
  if (bundle !== null && !all.some(([name]) => isProtectedFile(name))) {
    found.push(
      about('protected.ts', 'is missing, but packages were sent for it: add it or leave the packages out'),
    );
  }
  const total = all.reduce((sum, [, text]) => sum + Buffer.byteLength(text), bundleBytes(bundle));
  if (total > MAX_DEPLOY_BYTES) {
    found.push(
      about('', `The files and packages are ${inMegabytes(total)} together; a deploy may have 10 MB`),
    );
  }
  return found.slice(0, MAX_REPORTED);
}

function checkFile(name: string, text: string, files: Readonly<Record<string, string>>): Diagnostic[] {
  if (!isProjectFile(name)) return [about(name, notAccepted(name))];
  const twin = name.replace(/\.ts$/, '.js');
  if (twin !== name && Object.hasOwn(files, twin)) {
    return [about(name, `stands beside ${twin}: remove one of the two`)];
  }
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_FILE_BYTES) return [about(name, `is ${inMegabytes(bytes)} large; a file may have 1 MB`)];
  if (!text.isWellFormed() || text.includes('\0')) return [about(name, 'is not text: save it as UTF-8')];
  return [];
}

function notAccepted(name: string): string {
  const guess = nearest(name, USUAL);
  const hint = guess === undefined ? '' : ` Did you mean ${guess}?`;
  return `is not a file of a project.${hint} Accepted: project.yaml, protected.ts, common.ts and tasks/<name>.ts (<name>: a-z, 0-9 and dashes), or .js.`;
}

/** The message begins with the file's name, so that it can be read alone. */
function about(file: string, message: string): Diagnostic {
  const short = file.length > 120 ? `${file.slice(0, 120)}...` : file;
  return { file: short, line: 0, column: 0, message: `${short} ${message}`.trimStart() };
}

function bundleBytes(bundle: PackageBundle | null): number {
  if (bundle === null) return 0;
  return Object.values(bundle.modules).reduce((sum, code) => sum + Buffer.byteLength(code), 0);
}

function inMegabytes(bytes: number): string {
  return `${(bytes / MB).toFixed(1)} MB`;
}
