import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { messageOf } from '../../sandbox/message-of.ts';
import { bundleProgram } from './bundle.ts';
import { injectBlob, makeBlob, strip } from './inject.ts';
import { notices } from './notices.ts';
import { shippedNode } from './shipped-node.ts';

/**
 * Writes `dist/sluice`, the single binary for this platform: a copy of Node.js that has the bundled program and the files it
 * needs inside; and beside it the licences of what others have written. Run by `npm run build`.
 */
const ROOT = resolve(import.meta.dirname, '..', '..');
const RESULT = join(ROOT, 'dist', 'sluice');

async function build(): Promise<void> {
  const node = shippedNode(ROOT);
  mkdirSync(join(ROOT, 'dist'), { recursive: true });
  const work = mkdtempSync(join(ROOT, 'dist', '.build-'));
  try {
    const { program, inputs } = await bundleProgram();
    const blob = makeBlob(node, work, ROOT, program);
    const binary = join(work, 'sluice');
    copyFileSync(node.file, binary);
    strip(binary);
    injectBlob(ROOT, binary, blob);
    chmodSync(binary, 0o755);
    renameSync(binary, RESULT);
    writeFileSync(`${RESULT}-licences.txt`, notices(ROOT, node.name, inputs));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  const megabytes = (statSync(RESULT).size / 1e6).toFixed(1);
  process.stdout.write(
    `dist/sluice: ${megabytes} MB, Node.js ${node.version}, ${process.platform} ${process.arch}\n`,
  );
}

build().catch((error: unknown) => {
  process.stderr.write(`sluice: the binary could not be built. ${messageOf(error)}\n`);
  process.exit(1);
});
