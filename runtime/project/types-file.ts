import { isCommonFile, isProtectedFile } from '../../sandbox/code-files.ts';
import type { Program, ProtectedExport } from '../../sandbox/types.ts';
import type { Manifest } from './manifest.ts';
import { ENV } from './types/env.ts';
import { PROTECTED_ONLY, PROTECTED_ONLY_NAMES } from './types/protected-only.ts';
import { REMOTE } from './types/remote.ts';
import { SCRIPT_API } from './types/script-api.ts';
import { tsconfigFiles } from './types/tsconfig.ts';
import { WEB_BASICS } from './types/web-basics.ts';
import { WEB_FETCH } from './types/web-fetch.ts';

/*
 * Three kinds of code with three sets of names, so three TypeScript projects. `sluice.d.ts` has what all of them see;
 * `.sluice/<kind>.d.ts` what one of them sees besides. Exports of Protected and Common Code become globals of the others:
 *
 *     declare const sign: Remote<typeof import('./protected-code.ts')['sign']>;
 *
 * `.sluice/protected-code.ts` is a copy of protected.ts that finds `secrets` and `fetch` by import instead of as globals.
 * So its types are those of the author's code, and the names stay unknown to tasks.
 */

const HEADER =
  '// Written by `sluice types`. Changes are overwritten; run it again when names have changed.\n';

/**
 * Files that tell an editor and `tsc -b` what the code of a project can use: name -> text. `files` are those that `program` was
 * compiled from, without Protected Code for those who may not read it: its names are then there, and take anything.
 */
export function generateTypes(
  manifest: Manifest,
  program: Program,
  files: Readonly<Record<string, string>>,
): Record<string, string> {
  const exported = program.protected?.exports ?? [];
  const isReadable = Object.keys(files).some(isProtectedFile);
  const fromProtected = exported.map((each) => declareProtected(each, isReadable)).join('');
  const fromCommon = declareAll(program.common, (name) => `(typeof import('./common-code'))['${name}']`);
  const protectedGlobals = declareAll(
    PROTECTED_ONLY_NAMES,
    (name) => `(typeof import('./protected-only'))['${name}']`,
  );
  return {
    ...tsconfigFiles(),
    'sluice.d.ts': HEADER + SCRIPT_API + ENV + WEB_BASICS + WEB_FETCH + describeValues(manifest),
    '.sluice/protected-only.d.ts': HEADER + PROTECTED_ONLY + describeSecrets(manifest),
    '.sluice/protected.d.ts': HEADER + protectedGlobals,
    '.sluice/common.d.ts': HEADER + REMOTE + fromProtected,
    '.sluice/tasks.d.ts': HEADER + REMOTE + fromProtected + fromCommon + describeTaskNames(manifest),
    ...copyOf(
      files,
      isProtectedFile,
      'protected-code',
      exported.map(({ name }) => name),
      PROTECTED_IMPORT,
    ),
    ...copyOf(files, isCommonFile, 'common-code', program.common, ''),
  };
}

function declareAll(names: readonly string[], typeOf: (name: string) => string): string {
  return names.map((name) => `declare const ${name}: ${typeOf(name)};\n`).join('');
}

function declareProtected({ name, kind, members }: ProtectedExport, isReadable: boolean): string {
  if (isReadable) return `declare const ${name}: Remote<(typeof import('./protected-code'))['${name}']>;\n`;
  const call = '(...args: any[]) => Promise<any>';
  if (kind === 'function') return `declare const ${name}: ${call};\n`;
  if (kind === 'dynamic') return `declare const ${name}: any;\n`;
  const lines = members.map((member) => `  readonly ${JSON.stringify(member)}: ${call};\n`);
  return `declare const ${name}: {\n${lines.join('')}};\n`;
}

const PROTECTED_IMPORT = `import { ${PROTECTED_ONLY_NAMES.join(', ')} } from './protected-only';\n`;

/** The author's file, read for its types only; what is wrong with it is told where the author wrote it. */
function copyOf(
  files: Readonly<Record<string, string>>,
  isIt: (name: string) => boolean,
  target: string,
  names: readonly string[],
  head: string,
): Record<string, string> {
  const [name, text] = Object.entries(files).find(([file]) => isIt(file)) ?? [];
  if (name === undefined || text === undefined) return {};
  const exportsNothing = !/^\s*export\b/m.test(text);
  const tail = exportsNothing && names.length > 0 ? `\nexport { ${names.join(', ')} };\n` : '\n';
  return { [`.sluice/${target}${name.slice(-3)}`]: `// @ts-nocheck\n${head}${text}${tail}` };
}

function describeValues({ params, texts }: Manifest): string {
  const textKeys = [...new Set(texts.map(({ key }) => key))].map((key) => ({ key, description: '' }));
  const textsIn =
    '/** Texts in a language such as "de" or "pt_BR"; those of `texts` where there are none in it. */\ndeclare function texts_in(lang: string): typeof texts;\n';
  return describeObject('params', params, 'string') + describeObject('texts', textKeys, 'string') + textsIn;
}

function describeSecrets({ secrets }: Manifest): string {
  return `\n/** Undefined until a Manager has set it; a placeholder if it is sealed. */\nexport ${describeObject('secrets', secrets, 'string | undefined').trimStart()}`;
}

function describeTaskNames({ tasks }: Manifest): string {
  const hooks = tasks
    .flatMap((task) => task.triggers)
    .filter(({ type }) => type === 'webhook')
    .map(({ name }) => ({ key: name, description: '' }));
  const name =
    '/** The trigger that started the job. */\ndeclare const TRIGGER_NAME: string;\ndeclare const trigger_name: string;\n';
  return `${describeObject('webhooks', hooks, 'string')}\n${name}`;
}

function describeObject(
  name: string,
  values: readonly { readonly key: string; readonly description: string }[],
  type: string,
): string {
  const lines = values.map(
    ({ key, description }) => `${docComment(description)}  readonly ${key}: ${type};\n`,
  );
  return `\ndeclare const ${name}: {\n${lines.join('')}};\n`;
}

function docComment(description: string): string {
  const text = description.replaceAll('*/', '* /').replace(/\s+/g, ' ').trim();
  return text === '' ? '' : `  /** ${text} */\n`;
}
