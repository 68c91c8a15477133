import { existsSync } from 'node:fs';
import { dirname, sep } from 'node:path';
import { notTaken, type ShutIn, type Step, taken } from './step.ts';
import { findTool, probe } from './tools.ts';
import type { FileAccess } from './users.ts';

/** What Node.js itself needs of the system: shared libraries. */
const LIBRARIES = ['/lib', '/lib64', '/usr/lib', '/usr/lib64', '/etc/ld.so.cache'].filter((path) =>
  existsSync(path),
);

/**
 * Rooms that hold nothing but libraries and Sluice's own code, no network and no other process, by bubblewrap. It stays
 * beside the child, as its parent; killing it kills the child.
 */
export async function bubblewrapStep({ shared, secret }: FileAccess): Promise<Step> {
  const bwrap = findTool('bwrap');
  if (bwrap === undefined) {
    return notTaken('bubblewrap', 'bubblewrap is not installed. Install it: apt-get install bubblewrap');
  }
  const shown = [...LIBRARIES, ...shared];
  const open = secret.find((path) => shown.some((place) => `${path}${sep}`.startsWith(`${place}${sep}`)));
  if (open !== undefined) {
    return notTaken('bubblewrap', `${open} lies among files that children must read. Move it.`);
  }
  // A terminal, or whoever stops a service, may signal all of its processes: only the server reacts.
  const deaf = [findTool('sh') ?? 'sh', '-c', 'trap "" HUP INT TERM; exec "$@"', 'sh'];
  const binds = shown.flatMap((path) => ['--ro-bind', path, path]);
  const words = ({ directory, files }: ShutIn) => [
    ...deaf,
    bwrap,
    '--unshare-all',
    '--die-with-parent',
    '--cap-drop',
    'ALL',
    ...binds,
    ...(files?.read ?? []).flatMap((path) => ['--ro-bind', path, path]),
    ...(files?.write ?? []).flatMap((path) => ['--bind', path, path]),
    ...(directory === undefined ? ['--chdir', '/'] : ['--bind', directory, directory, '--chdir', directory]),
    '--',
  ];
  const look = findTool('true') ?? 'true';
  const room = words({ role: 'runner', uid: undefined, directory: undefined }).slice(0, -1);
  const seen = await probe([...room, '--ro-bind', dirname(look), dirname(look), '--', look]);
  if (!seen.ok) {
    return notTaken('bubblewrap', `bubblewrap does not work here (${seen.reason}). Allow user namespaces.`);
  }
  return taken('bubblewrap', 'sees nothing but libraries and its own code, no other process', words);
}
