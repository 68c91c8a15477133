import { fileURLToPath } from 'node:url';

export type ChildRole = 'runner' | 'compiler';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** What a runner may read: its own code. Not the data directory, wherever that is. node-gyp-build asks for the last one. */
const READABLE = [here('*'), here('../node_modules/*'), here('../package.json'), '/etc/alpine-release'];

/**
 * `--no-node-snapshot` is what isolated-vm asks for (its README, "Requirements"). The permission model is a seat belt under
 * the realm: no writing, no sockets, no processes, no workers for whoever should get out of an isolate.
 */
const FLAGS: Readonly<Record<ChildRole, readonly string[]>> = {
  runner: [
    '--no-node-snapshot',
    '--max-old-space-size=512',
    '--max-semi-space-size=4',
    '--permission',
    '--allow-addons',
    ...READABLE.map((path) => `--allow-fs-read=${path}`),
  ],
  compiler: ['--max-old-space-size=256'],
};

/** How a child of a role is started: this same Node.js, no inherited environment, no inherited flags. */
export function childCommand(role: ChildRole): {
  readonly command: string;
  readonly args: readonly string[];
} {
  return { command: process.execPath, args: [...FLAGS[role], here('child-main.ts'), role] };
}
