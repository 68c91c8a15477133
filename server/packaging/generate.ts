import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, stop } from 'esbuild';
import { PROJECT_FILE } from '../../runtime/project/names.ts';
import { readProjectFolder } from '../../runtime/project/project-folder.ts';
import { DEMO, shippedProject } from '../../runtime/project/shipped.ts';
import { compileProgram } from '../../sandbox/compile/compile-program.ts';

/**
 * Makes the files that are generated and kept in the repository, so that starting a runner needs neither a bundler nor
 * the type stripper (measured: 150 ms and 15 MB less for each), and the first start no compiler. Run by
 * `npm run generate`; a test fails when one is stale.
 */
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

async function bundle(options: BuildOptions): Promise<string> {
  const result = await build({
    bundle: true,
    minify: true,
    keepNames: true,
    write: false,
    target: 'es2024',
    legalComments: 'none',
    tsconfigRaw: '{}',
    ...options,
  });
  return result.outputFiles?.[0]?.text ?? '';
}

const NOTE = '// Made by `npm run generate`. Do not edit.\n';

/** What runs inside isolates: the bootstrap of hardened realms, with `ses`, and that of realms of one job. */
async function realm(): Promise<string> {
  const bootstrap = (name: string) =>
    bundle({
      entryPoints: [here(`../../sandbox/realm/${name}.ts`)],
      format: 'iife',
      globalName: 'realm',
      platform: 'neutral',
      mainFields: ['module', 'main'],
    });
  const hardened = `export const REALM_SOURCE =\n  ${JSON.stringify(await bootstrap('main'))};\n`;
  const own = `export const OWN_REALM_SOURCE =\n  ${JSON.stringify(await bootstrap('own-main'))};\n`;
  return `${NOTE}${hardened}${own}`;
}

/** The program of runner processes, with the bootstrap in it. */
async function runner(): Promise<string> {
  const text = await bundle({
    entryPoints: [here('../../sandbox/runner/entry.ts')],
    format: 'esm',
    platform: 'node',
    external: ['isolated-vm'],
  });
  return NOTE + text;
}

/** The demo project, compiled. */
async function demo(): Promise<string> {
  const { files } = await readProjectFolder(shippedProject(DEMO.slug));
  const { [PROJECT_FILE]: _manifest, ...code } = files;
  const compiled = await compileProgram({ files: code, bundle: null });
  if (!compiled.ok || compiled.warnings.length > 0) throw new Error(JSON.stringify(compiled));
  const type = "import type { Program } from '../sandbox/types.ts';\n";
  return `${NOTE}${type}\nexport const DEMO_PROGRAM: Program = ${JSON.stringify(compiled.program)};\n`;
}

/** In the order in which they are made: the second contains the first. */
export const GENERATED: readonly { readonly file: string; readonly make: () => Promise<string> }[] = [
  { file: here('../../sandbox/realm/realm.gen.ts'), make: realm },
  { file: here('../../sandbox/runner/runner.gen.mjs'), make: runner },
  { file: here('../demo.gen.ts'), make: demo },
];

async function generate(): Promise<void> {
  for (const { file, make } of GENERATED) await writeFile(file, await make());
  await stop();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) generate();
