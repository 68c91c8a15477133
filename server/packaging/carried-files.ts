import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Files that the binary carries along: name in it -> path from the top of the checkout. */
export function carriedFiles(root: string, abi: string): ReadonlyMap<string, string> {
  const platform = `${process.platform}-${process.arch}`;
  return new Map([
    ['isolated-vm.node', `node_modules/isolated-vm/prebuilds/${platform}/isolated-vm.abi${abi}.glibc.node`],
    ['better-sqlite3.node', `node_modules/better-sqlite3/prebuilds/${platform}.node`],
    ['esbuild', `node_modules/@esbuild/${platform}/bin/esbuild`],
    ...projectFiles(root).map((name): [string, string] => [name, name]),
  ]);
}

/** The projects that come with Sluice, without their tests. */
function projectFiles(root: string): readonly string[] {
  return readdirSync(join(root, 'scripts'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test\.[a-z]+$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}

/** 16 hexadecimal digits that change with any name or byte. */
export function idOf(root: string, files: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256');
  for (const [name, path] of files) {
    const content = readFileSync(join(root, path));
    hash.update(`${name}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex').slice(0, 16);
}
