import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import ivm from 'isolated-vm';
import { createWebHost } from '../../sandbox/realm/web-host.ts';

const ENTRY = fileURLToPath(new URL('./shared-objects-entry.ts', import.meta.url));

/** For each pair of jobs: how many objects both can reach, and which of them one could change. */
export async function findSharedObjects(): Promise<{ shared: number; changeable: string[] }[]> {
  const { outputFiles } = await build({
    entryPoints: [ENTRY],
    bundle: true,
    minify: true,
    keepNames: true,
    write: false,
    format: 'iife',
    globalName: 'entry',
    target: 'es2024',
    mainFields: ['module', 'main'],
  });
  // `with` is sloppy and the bootstrap strict: the bundle gets a function of its own.
  const source = `(() => { 'use strict'; ${outputFiles[0]?.text}; return entry.sharedObjects; })()`;
  const isolate = new ivm.Isolate({ memoryLimit: 256 });
  try {
    const context = await isolate.createContext();
    const script = await isolate.compileScript(source);
    const run: ivm.Reference<(...args: unknown[]) => string> = await script.run(context, { reference: true });
    const host = Object.entries(createWebHost());
    const callbacks = host.map(([, call]) => new ivm.Callback(call));
    const text = await run.apply(undefined, [JSON.stringify(host.map(([name]) => name)), ...callbacks]);
    return JSON.parse(`${text}`);
  } finally {
    isolate.dispose();
  }
}
