import type { Diagnostic } from '../types.ts';

/** `tasks/a.ts(3,7): error TS2322: Type ...`; lines that explain it further are indented. */
const HEAD = /^(.+)\((\d+),(\d+)\): error TS(\d+): (.*)$/;

/** Modules that are not there: the compiler says what cannot be imported, and packages are not here to be looked at. */
const ABOUT_MODULES = new Set(['2307', '2792', '6307', '7016']);

const MAX_SHOWN = 20;
const MAX_MESSAGE = 500;

/**
 * What a report of `tsc` says about files that `isOwn`, each place once, with the paths of the `folders` shortened. The first 20 are
 * given, and how many more there are.
 */
export function readReport(
  report: string,
  folders: readonly string[],
  isOwn: (file: string) => boolean,
): Diagnostic[] {
  const found = new Map<string, Diagnostic>();
  let last: string | undefined;
  const relative = folders.reduce((text, folder) => text.replaceAll(`${folder}/`, ''), report);
  for (const line of relative.split('\n')) {
    const [, file = '', row, column, code = '', text = ''] = HEAD.exec(line) ?? [];
    if (row !== undefined) {
      const place = `${file}:${row}:${column}:${code}`;
      last = isOwn(file) && !ABOUT_MODULES.has(code) && !found.has(place) ? place : undefined;
      if (last !== undefined) {
        found.set(last, { file, line: Number(row), column: Number(column), message: `Type: ${text}` });
      }
      continue;
    }
    const before = last === undefined ? undefined : found.get(last);
    if (last === undefined || before === undefined || !line.startsWith('  ')) continue;
    found.set(last, { ...before, message: `${before.message} ${line.trim()}` });
  }
  return shortened([...found.values()].sort(byPlace));
}

function shortened(all: readonly Diagnostic[]): Diagnostic[] {
  const shown = all.slice(0, MAX_SHOWN).map((each) => ({ ...each, message: cut(each.message) }));
  const more = all.length - shown.length;
  if (more === 0) return shown;
  return [...shown, { file: '', line: 0, column: 0, message: `There are ${more} more type errors.` }];
}

const cut = (text: string): string =>
  text.length > MAX_MESSAGE ? `${text.slice(0, MAX_MESSAGE)} ...` : text;

function byPlace(a: Diagnostic, b: Diagnostic): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}
