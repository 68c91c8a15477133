import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The Node.js that goes into the binary. */
export interface ShippedNode {
  readonly file: string;
  /** The package it comes from. */
  readonly name: string;
  /** `24.21.0` */
  readonly version: string;
  /** Which native addons it loads: `137`. */
  readonly abi: string;
}

/** The one that `npm ci` installed from the lockfile, on whichever Node.js this build runs. */
export function shippedNode(root: string): ShippedNode {
  const name = `node-${process.platform}-${process.arch}`;
  const file = join(root, 'node_modules', name, 'bin', 'node');
  if (process.platform !== 'linux' || !existsSync(file)) {
    throw new Error(`It is made on Linux, out of node_modules/${name}. Run \`npm ci\` there.`);
  }
  const printed = execFileSync(file, ['-p', 'JSON.stringify(process.versions)'], { encoding: 'utf8' });
  const { node: version, modules: abi } = JSON.parse(printed) as Record<'node' | 'modules', string>;
  return { file, name, version, abi };
}
