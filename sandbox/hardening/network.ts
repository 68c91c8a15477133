import { notTaken, type Step, taken } from './step.ts';
import { findTool, probe } from './tools.ts';

const ADVICE =
  'Install bubblewrap and allow user namespaces (on Ubuntu an AppArmor profile with `userns`, in a container a seccomp ' +
  'profile that lets `unshare` through), or give the server CAP_SYS_ADMIN.';

/**
 * A network of its own that has nothing in it, by `unshare` of util-linux: as root at once, else in a user namespace, in
 * which the user stays who it is.
 */
export async function networkStep(isRoot: boolean): Promise<Step> {
  const unshare = findTool('unshare');
  if (unshare === undefined) return notTaken('network', 'unshare is not installed. Install util-linux.');
  const words = [unshare, ...(isRoot ? [] : ['--user', '--map-current-user']), '--net', '--'];
  const seen = await probe([...words, findTool('cat') ?? 'cat', '/proc/self/net/dev']);
  if (!seen.ok) {
    return notTaken('network', `a network namespace cannot be made here (${seen.reason}). ${ADVICE}`);
  }
  const interfaces = [...seen.text.matchAll(/^\s*([^\s|]+):/gm)].map(([, name]) => name);
  if (interfaces.some((name) => name !== 'lo')) {
    return notTaken('network', `a network namespace still has ${interfaces.join(', ')} in it. ${ADVICE}`);
  }
  return taken('network', 'no network, not even to this machine', () => words);
}
