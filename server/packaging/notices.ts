import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Not among the inputs of the bundle, and yet inside: `ses` came with the generated realm. */
const BESIDE = ['ses'];

/**
 * The licences of everything in the binary that others have written, as they ask for: Node.js, and each package.
 * @param nodePackage the folder in `node_modules` that the copy of Node.js came from
 * @param inputs the files that were bundled, relative to `root`
 */
export function notices(root: string, nodePackage: string, inputs: readonly string[]): string {
  const packages = new Set([...inputs.flatMap(packageOf), ...BESIDE]);
  return [nodePackage, ...[...packages].sort()].map((name) => notice(root, name)).join('\n\n');
}

/** The innermost one: `a/node_modules/b` holds b. */
function packageOf(input: string): readonly string[] {
  const found = /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input);
  const name = found?.[0].replace(/^node_modules\//, '');
  return name === undefined ? [] : [name];
}

function notice(root: string, name: string): string {
  const folder = join(root, 'node_modules', name);
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly version: string;
    readonly license?: string;
  };
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? `Licence: ${license}` : readFileSync(join(folder, file), 'utf8').trim();
  const title = `${name} ${version}`;
  return `${title}\n${'='.repeat(title.length)}\n\n${text}\n`;
}
