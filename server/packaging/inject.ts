import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ID_ASSET } from '../binary/embedded.ts';
import { carriedFiles, idOf } from './carried-files.ts';
import type { ShippedNode } from './shipped-node.ts';

/** Marks in every Node.js the byte that says whether a program is inside. */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

/**
 * What is put into the copy of Node.js: the program and the files it carries along. `execArgvExtension` lets a child be given
 * flags of Node.js on its command line, and closes the door of NODE_OPTIONS.
 */
export function makeBlob(node: ShippedNode, work: string, root: string, program: string): string {
  const files = carriedFiles(root, node.abi);
  const idFile = join(work, ID_ASSET);
  writeFileSync(idFile, idOf(root, files));
  writeFileSync(join(work, 'sluice.cjs'), program);
  const config = {
    main: 'sluice.cjs',
    output: 'sluice.blob',
    disableExperimentalSEAWarning: true,
    execArgvExtension: 'cli',
    useCodeCache: true,
    assets: {
      ...Object.fromEntries([...files].map(([name, path]) => [name, join(root, path)])),
      [ID_ASSET]: idFile,
    },
  };
  writeFileSync(join(work, 'sea.json'), JSON.stringify(config));
  run(node.file, ['--experimental-sea-config', 'sea.json'], work);
  return join(work, config.output);
}

/** Removes the symbols that only a debugger of Node.js itself reads: a sixth of the size. Without `strip` they stay. */
export function strip(binary: string): void {
  const { error } = spawnSync('strip', [binary], { stdio: 'ignore' });
  if (error !== undefined)
    process.stdout.write('`strip` (binutils) is not installed: the binary stays larger.\n');
}

export function injectBlob(root: string, binary: string, blob: string): void {
  const postject = join(root, 'node_modules', 'postject', 'dist', 'cli.js');
  run(process.execPath, [postject, binary, 'NODE_SEA_BLOB', blob, '--sentinel-fuse', FUSE], root);
}

/** Shows what the program wrote only when it failed: on success it is noise. */
function run(command: string, args: readonly string[], cwd: string): void {
  const { status, error, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
}
