import { chown, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Hardening } from '../hardening/find-hardening.ts';
import type { Diagnostic, TypeCheckRequest } from '../types.ts';
import { readReport } from './read-report.ts';
import { ownTsc, runTsc } from './run-tsc.ts';

export interface TypeCheckerOptions {
  /** The native `tsc` of TypeScript 7; the checkout's own unless given. null: there is to be none. */
  readonly tsc?: string | null | undefined;
  /** Shuts our own `tsc` in. Another one may lie where a child shut in sees nothing. */
  readonly hardening?: Hardening | undefined;
  /** From the call on, waiting for others included. */
  readonly timeoutMs?: number;
}

export interface TypeChecker {
  /** False when there is no `tsc`. */
  readonly available: boolean;
  /** What is wrong with the types; that they were not checked is one diagnosis too. Never rejects for what is in the files. */
  check(request: TypeCheckRequest): Promise<readonly Diagnostic[]>;
}

/** Checks one project at a time, so that many deploys at once take no more of the machine than one. */
export function createTypeChecker(options: TypeCheckerOptions = {}): TypeChecker {
  const own = ownTsc();
  const { tsc = own, hardening, timeoutMs = 5_000 } = options;
  const shutIn = tsc === own ? hardening : undefined;
  let queue: Promise<unknown> = Promise.resolve();
  if (!tsc) return { available: false, check: async () => [] };
  return {
    available: true,
    check(request) {
      const deadline = Date.now() + timeoutMs;
      const checked = queue.then(() => {
        const left = deadline - Date.now();
        return left > 0 ? checkInFolder(request, { tsc, hardening: shutIn, timeoutMs: left }) : null;
      });
      queue = checked.catch(() => {});
      return checked.then((found) => found ?? [unchecked(`it took longer than ${timeoutMs / 1000} s`)]);
    },
  };
}

/** null when the time was not enough. */
async function checkInFolder(
  request: TypeCheckRequest,
  { tsc, hardening, timeoutMs }: { tsc: string; hardening: Hardening | undefined; timeoutMs: number },
): Promise<readonly Diagnostic[] | null> {
  const { packages } = request;
  const dir = await realpath(await mkdtemp(join(tmpdir(), 'sluice-types-')));
  try {
    await writeProject(dir, request);
    const uid = hardening?.nextUser();
    if (uid !== undefined) await giveTo(uid, dir);
    const command = [...(hardening?.words({ role: 'compiler', uid, directory: dir }) ?? []), tsc];
    const end = await runTsc({ command, dir, timeoutMs });
    if ('report' in end) {
      const folders = [dir, ...(packages === undefined ? [] : [dirname(await realpath(packages))])];
      return readReport(end.report, folders, (file) => Object.hasOwn(request.files, file));
    }
    return end.lost === 'time' ? null : [unchecked('the type checker gave up on this code')];
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** The checker writes beside its configuration. */
async function giveTo(uid: number, dir: string): Promise<void> {
  for (const folder of [dir, join(dir, '.sluice')]) await chown(folder, uid, uid);
}

const unchecked = (why: string): Diagnostic => ({
  file: '',
  line: 0,
  column: 0,
  message: `Types were not checked: ${why}.`,
});

/**
 * Without packages, `noResolve` is laid over each configuration: code is read by us and may come from strangers, and its
 * imports and `/// <reference>`s would have the checker read, and quote, any file of this machine.
 */
async function writeProject(dir: string, { files, typeFiles, packages }: TypeCheckRequest): Promise<void> {
  const written = { ...files, ...typeFiles, ...(packages === undefined ? alone(typeFiles) : {}) };
  for (const [name, text] of Object.entries(written)) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), text);
  }
  if (packages !== undefined) await symlink(packages, join(dir, 'node_modules'));
}

function alone(typeFiles: Readonly<Record<string, string>>): Record<string, string> {
  const kinds = Object.keys(typeFiles).filter((name) => /^\.sluice\/tsconfig\.\w+\.json$/.test(name));
  const over = kinds.map((name) => [
    name.replace('tsconfig.', 'alone.'),
    JSON.stringify({
      extends: `./${name.slice('.sluice/'.length)}`,
      compilerOptions: { noResolve: true },
    }),
  ]);
  const references = over.map(([path]) => ({ path: `./${path}` }));
  return { ...Object.fromEntries(over), 'tsconfig.json': JSON.stringify({ files: [], references }) };
}
