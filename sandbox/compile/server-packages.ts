import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { CompileRequest, CompileResult, PackageBundle, PackageNeed } from '../types.ts';
import { type Checked, refused } from './diagnostics.ts';

type Compile = (request: CompileRequest, project?: string) => Promise<CompileResult>;

/**
 * A compiler that takes packages which a deploy does not bring along out of the `node_modules` of a folder on the server. The
 * operator has filled that folder, so its files are read in this process; of the author's code only names come here.
 */
export function withServerPackages(compile: Compile, folder: string): Compile {
  let queue: Promise<unknown> = Promise.resolve();
  return async (request, project) => {
    const compiled = await compile(request, project);
    const needs = compiled.ok ? [] : (compiled.needs ?? []);
    if (needs.length === 0 || request.bundle !== null) return compiled;
    // One after the other: each ends the process of esbuild that it has used.
    const bundling = queue.then(() => bundle(folder, needs));
    queue = bundling.catch(() => {});
    const bundled = await bundling;
    if (!bundled.ok) return refused(...bundled.errors);
    const again = await compile({ ...request, bundle: bundled.value }, project);
    return again.ok ? { ...again, bundle: bundled.value } : again;
  };
}

async function bundle(folder: string, needs: readonly PackageNeed[]): Promise<Checked<PackageBundle>> {
  const { bundleNeeds, stopBundling } = await import('./bundle-packages.ts');
  const missing = () => MISSING;
  try {
    const dir = await realpath(resolve(folder));
    const outside = () => 'it is outside of the packages folder';
    return await bundleNeeds(dir, needs, { missing, outside, roots: async () => [dir] });
  } finally {
    await stopBundling();
  }
}

const MISSING =
  'was not pushed with this project, and the packages folder of the server does not have it. Run `sluice push` from the project folder with the package installed, or ask an operator to install it on the server.';
