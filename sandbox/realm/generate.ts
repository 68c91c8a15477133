import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/**
 * Bundles the bootstrap of realms and `ses` into `realm.gen.ts`, so that starting a runner needs no bundler.
 * Run by `npm run generate`; a test fails when the result is stale.
 */
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

export async function generateRealm(): Promise<string> {
  const result = await build({
    entryPoints: [here('main.ts')],
    bundle: true,
    minify: true,
    keepNames: true,
    write: false,
    format: 'iife',
    globalName: 'realm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: 'es2024',
    legalComments: 'none',
    tsconfigRaw: '{}',
  });
  const text = result.outputFiles[0]?.text ?? '';
  return `// Made by \`npm run generate\` from sandbox/realm/main.ts. Do not edit.\nexport const REALM_SOURCE =\n  ${JSON.stringify(text)};\n`;
}

export const GENERATED_FILE = here('realm.gen.ts');

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  generateRealm().then((text) => writeFile(GENERATED_FILE, text));
}
