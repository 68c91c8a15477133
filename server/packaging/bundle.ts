import { resolve } from 'node:path';
import { build } from 'esbuild';
import { ownFilesPlugin } from './own-files-plugin.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');

export interface Bundle {
  readonly program: string;
  /** The files that went into it, relative to the top of the checkout. */
  readonly inputs: readonly string[];
}

/**
 * The whole program, all roles, as one CommonJS text, which is all that a single binary of Node.js 24 can start. Names stay
 * readable for the stack traces of fault reports.
 */
export async function bundleProgram(): Promise<Bundle> {
  const result = await build({
    entryPoints: ['server/binary/main.ts'],
    bundle: true,
    write: false,
    metafile: true,
    absWorkingDir: ROOT,
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
  return { program: result.outputFiles[0]?.text ?? '', inputs: Object.keys(result.metafile.inputs) };
}
