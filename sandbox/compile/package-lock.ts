import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/** A package that went into a bundle. */
export interface LockEntry {
  readonly name: string;
  readonly version: string;
}

/** The packages that files belong to; files that belong to none are passed over. */
export async function lockOf(baseDir: string, files: readonly string[]): Promise<readonly LockEntry[]> {
  const directories = new Set(
    files.filter((file) => file !== '<stdin>').map((file) => dirname(resolve(baseDir, file))),
  );
  const found = await Promise.all([...directories].map(packageAbove));
  return found.filter((entry) => entry !== undefined);
}

/** The nearest package.json with a name and a version: those inside a package that only say `"type"` are not it. */
async function packageAbove(directory: string): Promise<LockEntry | undefined> {
  const entry = await readPackage(join(directory, 'package.json'));
  if (entry !== undefined) return entry;
  const parent = dirname(directory);
  return parent === directory ? undefined : packageAbove(parent);
}

async function readPackage(path: string): Promise<LockEntry | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const { name, version }: { name?: unknown; version?: unknown } = JSON.parse(text);
  return typeof name === 'string' && typeof version === 'string' ? { name, version } : undefined;
}
