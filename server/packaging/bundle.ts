import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { ownFilesPlugin } from './own-files-plugin.ts';

const ENTRY = fileURLToPath(new URL('../binary/main.ts', import.meta.url));

/**
 * The whole program, all roles, as one CommonJS text, which is all that a single binary of Node.js 24 can start. Names stay
 * readable for the stack traces of fault reports.
 */
export async function bundleProgram(): Promise<string> {
  const result = await build({
    entryPoints: [ENTRY],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    tsconfigRaw: '{}',
    // Only `ownPath` asks, and not in the binary. Whoever asks for more than this would get nothing there.
    define: { 'import.meta.dirname': '""' },
    // esbuild bundles itself here, and asks for its own path only in a worker.
    logOverride: { 'empty-import-meta': 'error', 'require-resolve-not-external': 'silent' },
    logLevel: 'warning',
    plugins: [ownFilesPlugin],
  });
  return result.outputFiles[0]?.text ?? '';
}
