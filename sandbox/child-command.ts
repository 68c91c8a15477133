import { dirname } from 'node:path';
import type { Hardening } from './hardening/find-hardening.ts';
import { inBinary, ownPath } from './own-path.ts';

export type ChildRole = 'runner' | 'compiler';

export interface ChildCommand {
  readonly command: string;
  readonly args: readonly string[];
}

/** A child that is to be started: its role, and a directory of its own if it has one. */
export interface ChildPlan {
  readonly role: ChildRole;
  readonly uid?: number | undefined;
  readonly directory?: string | undefined;
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
};

/**
 * How a child is started: this same Node.js, shut in as far as this host lets it, no inherited flags. Give it an empty
 * environment. `uid` defaults to a user that no other child has, where there are such users.
 */
export function childCommand(
  hardening: Hardening,
  { role, uid = hardening.nextUser(), directory }: ChildPlan,
): ChildCommand {
  const own = inBinary ? fromBinary(role) : fromCheckout(role);
  const [command = own.command, ...args] = [
    ...hardening.words({ role, uid, directory }),
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
const OWN = ['sandbox', 'node_modules', 'package.json'];

/** What a runner may read: its own code. Not the data directory, wherever that is. node-gyp-build asks for the last one. */
const readable = (): readonly string[] => [
  ownPath('sandbox/*'),
  ownPath('node_modules/*'),
  ownPath('package.json'),
  '/etc/alpine-release',
];

/** A runner is started often, and from JavaScript it starts faster. */
const MAIN: Readonly<Record<ChildRole, string>> = {
  runner: 'sandbox/runner/runner.gen.mjs',
  compiler: 'sandbox/child-main.ts',
};

function fromCheckout(role: ChildRole): ChildCommand {
  const flags = role === 'runner' ? withReading(readable()) : FLAGS.compiler;
  return { command: process.execPath, args: [...flags, ownPath(MAIN[role]), role] };
}

/** The one file that a role needs beside the binary. */
const CARRIED: Readonly<Record<ChildRole, string>> = { runner: 'isolated-vm.node', compiler: 'esbuild' };

/** In a single binary Node.js takes its flags out of one argument, `--node-options`, and hides that from the program. */
function fromBinary(role: ChildRole): ChildCommand {
  const file = ownPath(CARRIED[role]);
  const flags = role === 'runner' ? withReading([file]) : FLAGS.compiler;
  const options = `--node-options=${flags.map(quoted).join(' ')}`;
  return { command: process.execPath, args: [options, role, CHILD_MARK, file] };
}

const withReading = (paths: readonly string[]): readonly string[] => [
  ...FLAGS.runner,
  ...paths.map((path) => `--allow-fs-read=${path}`),
];

const quoted = (flag: string): string => `"${flag.replace(/["\\]/g, '\\$&')}"`;
