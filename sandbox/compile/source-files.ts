import { isCommonFile, isProtectedFile, isTaskFile } from '../code-files.ts';
import type { Diagnostic } from '../types.ts';
import { aboutFile, type Checked, refused } from './diagnostics.ts';

export interface SourceFile {
  readonly file: string;
  readonly text: string;
}

export interface SourceFiles {
  readonly protected: SourceFile | null;
  readonly common: SourceFile | null;
  readonly tasks: readonly SourceFile[];
}

const MAX_CHARACTERS = 1024 * 1024;

/** Tells the files of a project apart by their names. */
export function sortFiles(files: Readonly<Record<string, string>>): Checked<SourceFiles> {
  const all = Object.entries(files).map(([file, text]) => ({ file, text }));
  const those = (isIt: (name: string) => boolean): SourceFile[] => all.filter(({ file }) => isIt(file));
  const [protectedFile = null, protectedTwin] = those(isProtectedFile);
  const [common = null, commonTwin] = those(isCommonFile);
  const tasks = those(isTaskFile);

  const errors: Diagnostic[] = [];
  for (const twin of [protectedTwin, commonTwin]) {
    if (twin) errors.push(aboutFile(twin.file, 'There is a .ts and a .js file of this name. Remove one.'));
  }
  for (const source of all) {
    if (![protectedFile, protectedTwin, common, commonTwin, ...tasks].includes(source)) {
      errors.push(
        aboutFile(source.file, 'Not a file of code. Code is protected, common and tasks/<name>, .ts or .js.'),
      );
    }
    if (source.text.length > MAX_CHARACTERS) {
      errors.push(aboutFile(source.file, 'The file is larger than 1 MB. Split it up.'));
    }
  }
  if (errors.length > 0) return refused(...errors);
  return { ok: true, value: { protected: protectedFile, common, tasks }, warnings: [] };
}
