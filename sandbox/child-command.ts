import { fileURLToPath } from 'node:url';

export type ChildRole = 'runner' | 'compiler';

/**
 * How a child of a role is started: this same Node.js, no inherited environment, no inherited flags.
 * `--no-node-snapshot` is what isolated-vm asks for (its README, "Requirements").
 */
export function childCommand(role: ChildRole): {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
} {
  const flags =
    role === 'runner' ? ['--no-node-snapshot', '--max-old-space-size=512'] : ['--max-old-space-size=256'];
  const main = fileURLToPath(new URL('child-main.ts', import.meta.url));
  return { command: process.execPath, args: [...flags, main, role], env: {} };
}
