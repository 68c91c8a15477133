import { readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { LockEntry } from '../types.ts';

type Hashes = ReadonlyMap<string, string>;

/**
 * Tells which packages files belong to, those of `baseDir`'s bundle; files that belong to none are passed over. What npm
 * installed has an integrity in the lock that it leaves beside: `node_modules/.package-lock.json`.
 */
export function createLockReader(
  baseDir: string,
): (files: readonly string[]) => Promise<readonly LockEntry[]> {
  const locks = new Map<string, Promise<Hashes>>();

  async function integrityOf(directory: string): Promise<string | null> {
    for (let root = dirname(directory); root !== dirname(root); root = dirname(root)) {
      const hashes = locks.get(root) ?? readHashes(root);
      locks.set(root, hashes);
      const found = (await hashes).get(relative(root, directory).replaceAll(sep, '/'));
      if (found !== undefined) return found;
    }
    return null;
  }

  return async (files) => {
    const directories = new Set(
      files.filter((file) => file !== '<stdin>').map((file) => dirname(resolve(baseDir, file))),
    );
    const found = await Promise.all([...directories].map(packageAbove));
    const known = found.filter((entry) => entry !== undefined);
    return Promise.all(
      known.map(async ({ name, version, directory }) => ({
        name,
        version,
        integrity: await integrityOf(directory),
      })),
    );
  };
}

interface FoundPackage {
  readonly name: string;
  readonly version: string;
  readonly directory: string;
}

/** The nearest package.json with a name and a version: those inside a package that only say `"type"` are not it. */
async function packageAbove(directory: string): Promise<FoundPackage | undefined> {
  const read = await readJson(join(directory, 'package.json'));
  const { name, version } = (read ?? {}) as { name?: unknown; version?: unknown };
  if (typeof name === 'string' && typeof version === 'string') return { name, version, directory };
  const parent = dirname(directory);
  return parent === directory ? undefined : packageAbove(parent);
}

/** By the place of the package below `root`. */
async function readHashes(root: string): Promise<Hashes> {
  const lock = (await readJson(join(root, 'node_modules', '.package-lock.json'))) as
    | { readonly packages?: Readonly<Record<string, { readonly integrity?: unknown }>> }
    | undefined;
  return new Map(
    Object.entries(lock?.packages ?? {}).flatMap(([place, { integrity }]): [string, string][] =>
      typeof integrity === 'string' ? [[place, integrity]] : [],
    ),
  );
}

/** Undefined when there is no such file. */
async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text);
}
