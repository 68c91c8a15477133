import { dirname } from 'node:path';
import type { Hardening } from './hardening/find-hardening.ts';
import type { ServerFiles, ShutIn } from './hardening/step.ts';
import { inBinary, ownPath } from './own-path.ts';

export type ChildRole = ShutIn['role'];

export interface ChildCommand {
  readonly command: string;
  readonly args: readonly string[];
}

/** A child that is to be started: its role, and a directory of its own if it has one. */
export interface ChildPlan {
  readonly role: ChildRole;
  readonly uid?: number | undefined;
  readonly directory?: string | undefined;
  /** Files of the server that are there for it. */
  readonly files?: ServerFiles | undefined;
}

/** What stands behind the role when the binary starts itself as a child. Not a thing that people type. */
export const CHILD_MARK = '--as-child-of-sluice';

/**
 * `--no-node-snapshot` is what isolated-vm asks for (its README, "Requirements"). The permission model is a seat belt under
 * the realm: no writing, no processes, no workers for whoever should get out of an isolate. It does not close sockets.
 */
const FLAGS: Readonly<Record<ChildRole, readonly string[]>> = {
  runner: [
    '--no-node-snapshot',
    '--max-old-space-size=512',
    '--max-semi-space-size=4',
    '--permission',
    '--allow-addons',
  ],
  compiler: ['--max-old-space-size=256'],
  // SQLite is an addon and opens files by itself: of this model it meets only that there are no processes and workers.
  reader: ['--max-old-space-size=512', '--permission', '--allow-addons'],
};

/**
 * How a child is started: this same Node.js, shut in as far as this host lets it, no inherited flags. Give it an empty
 * environment. `uid` defaults to a user that no other child has, where there are such users; for a reader, which needs what
 * is the server's, to the server's own.
 */
export function childCommand(
  hardening: Hardening,
  { role, uid = role === 'reader' ? undefined : hardening.nextUser(), directory, files }: ChildPlan,
): ChildCommand {
  const own = inBinary ? fromBinary(role, files) : fromCheckout(role, files);
  const [command = own.command, ...args] = [
    ...hardening.words({ role, uid, directory, files }),
    own.command,
    ...own.args,
  ];
  return { command, args };
}

/** Files and folders that a child has to read. In the binary all of them lie in one folder, esbuild from its first use on. */
export function childFiles(): readonly string[] {
  const own = inBinary ? [dirname(ownPath(CARRIED.runner))] : OWN.map(ownPath);
  return [process.execPath, ...own];
}

/** Sluice's own code, as far as a child needs it. */
const OWN = ['sandbox', 'runtime', 'node_modules', 'package.json'];

/** What a runner may read: its own code. Not the data directory, wherever that is. node-gyp-build asks for the last one. */
const readable = (): readonly string[] => [
  ownPath('sandbox/*'),
  ownPath('node_modules/*'),
  ownPath('package.json'),
  '/etc/alpine-release',
];

/** What each role may read of a checkout. */
const READABLE: Readonly<Record<ChildRole, () => readonly string[]>> = {
  runner: readable,
  compiler: () => [],
  reader: () => [...readable(), ownPath('runtime/*')],
};

/** A runner is started often, and from JavaScript it starts faster. */
const MAIN: Readonly<Record<ChildRole, string>> = {
  runner: 'sandbox/runner/runner.gen.mjs',
  compiler: 'sandbox/child-main.ts',
  reader: 'runtime/store/sqlite/reader/reader-child.ts',
};

function fromCheckout(role: ChildRole, files: ServerFiles | undefined): ChildCommand {
  const flags = flagsOf(role, READABLE[role](), files);
  return { command: process.execPath, args: [...flags, ownPath(MAIN[role]), role] };
}

/** The one file that a role needs beside the binary. */
const CARRIED: Readonly<Record<ChildRole, string>> = {
  runner: 'isolated-vm.node',
  compiler: 'esbuild',
  reader: 'better-sqlite3.node',
};

/** In a single binary Node.js takes its flags out of one argument, `--node-options`, and hides that from the program. */
function fromBinary(role: ChildRole, files: ServerFiles | undefined): ChildCommand {
  const file = ownPath(CARRIED[role]);
  const options = `--node-options=${flagsOf(role, [file], files).map(quoted).join(' ')}`;
  return { command: process.execPath, args: [options, role, CHILD_MARK, file] };
}

/** What a role may read matters only where the permission model is on. */
function flagsOf(role: ChildRole, own: readonly string[], files: ServerFiles | undefined): readonly string[] {
  if (!FLAGS[role].includes('--permission')) return FLAGS[role];
  // better-sqlite3 looks for the folder of the database.
  const folders = new Set(files?.read.map(dirname));
  return [...FLAGS[role], ...[...own, ...folders].map((path) => `--allow-fs-read=${path}`)];
}

const quoted = (flag: string): string => `"${flag.replace(/["\\]/g, '\\$&')}"`;
