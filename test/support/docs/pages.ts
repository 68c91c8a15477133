import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..', '..', '..');

/** A sample between two lines of ```. Its info string is a kind and attributes: `ts task file=tasks/a.ts`. */
export interface Sample {
  /** `docs/project.md:12`, for the names of tests. */
  readonly place: string;
  readonly page: string;
  readonly kind: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
}

export interface Page {
  /** Path in the repository. */
  readonly file: string;
  readonly text: string;
  readonly samples: readonly Sample[];
  /** The text without samples. */
  readonly prose: string;
}

export function readPage(file: string): Page {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const samples: Sample[] = [];
  const prose: string[] = [];
  let open: { readonly line: number; readonly info: string; readonly lines: string[] } | undefined;
  text.split('\n').forEach((line, index) => {
    const fence = /^```(.*)$/.exec(line);
    if (open === undefined && fence === null) prose.push(line);
    else if (open === undefined) open = { line: index + 1, info: fence?.[1] ?? '', lines: [] };
    else if (fence === null) open.lines.push(line);
    else {
      samples.push(toSample(file, open));
      open = undefined;
    }
  });
  if (open !== undefined) throw new Error(`${file}:${open.line}: a sample has no end`);
  return { file, text, samples, prose: prose.join('\n') };
}

function toSample(
  file: string,
  { line, info, lines }: { readonly line: number; readonly info: string; readonly lines: readonly string[] },
): Sample {
  const words = info.split(' ').filter((word) => word !== '');
  const [attributes, kind] = [
    words.filter((word) => word.includes('=')),
    words.filter((word) => !word.includes('=')),
  ];
  return {
    place: `${file}:${line}`,
    page: file,
    kind: kind.join(' '),
    attributes: Object.fromEntries(attributes.map((word) => word.split('=', 2))),
    text: `${lines.join('\n')}\n`,
  };
}

const markdownIn = (folder: string): string[] =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`);

/** README.md and the pages of docs/. */
export const pages: readonly Page[] = ['README.md', ...markdownIn('docs')].map(readPage);

/** The same with every other page for people. */
export const allPages: readonly Page[] = [
  ...pages,
  ...['CONTRIBUTING.md', 'CHANGELOG.md', ...markdownIn('docs/decisions')].map(readPage),
];

export function pageOf(file: string): Page {
  const page = pages.find((candidate) => candidate.file === file);
  if (page === undefined) throw new Error(`there is no ${file}`);
  return page;
}

/** The part of a page under a heading, up to the next heading of the same or a higher level. */
export function section({ file, prose }: Page, heading: string): string {
  const lines = prose.split('\n');
  const start = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading);
  if (start < 0) throw new Error(`${file} has no heading "${heading}"`);
  const level = lines[start]?.indexOf(' ') ?? 0;
  const length = lines.slice(start + 1).findIndex((line) => /^#+ /.test(line) && line.indexOf(' ') <= level);
  return lines.slice(start + 1, length < 0 ? undefined : start + 1 + length).join('\n');
}

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The tables of a text, cell by cell. */
export function tablesIn(text: string): readonly Table[] {
  const blocks = text.match(/(?:^\|.*\n?)+/gm) ?? [];
  return blocks.map((block) => {
    const [head = [], , ...rows] = block.trimEnd().split('\n').map(cellsOf);
    return { head, rows };
  });
}

const cellsOf = (row: string): readonly string[] =>
  row
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim());

/** The rows of all tables in a text. */
export const tableRows = (text: string): readonly (readonly string[])[] =>
  tablesIn(text).flatMap(({ rows }) => rows);

/** What stands between backticks. */
export const codeIn = (text: string): readonly string[] =>
  [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
