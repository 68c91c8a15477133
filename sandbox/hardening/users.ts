import { inBinary } from '../own-path.ts';
import { notTaken, type Step, taken } from './step.ts';
import { findTool, probe } from './tools.ts';

/** User ids that no system gives away (systemd, "Users, Groups, UIDs and GIDs") and that containers have, too. */
const FIRST = 60_578;
const COUNT = 606;

/**
 * Gives each child a user of its own: two children of one user could read each other's memory. Begins anywhere, so that
 * two servers on one machine are unlikely to meet.
 */
export function createUsers(): () => number {
  let next = Math.floor(Math.random() * COUNT);
  return () => {
    next = (next + 1) % COUNT;
    return FIRST + next;
  };
}

const IN_BINARY = 'The single binary keeps its own files to itself: install bubblewrap.';

/** Names the first place that can not be read, or that can. */
const LOOK = `
case "$1" in shared) shift; for file; do test -r "$file" || { echo "$file"; exit 3; }; done ;;
             secret) shift; for file; do test -r "$file" -o -x "$file" && { echo "$file"; exit 4; }; done ;; esac
exit 0`;

export interface Places {
  /** What a child must be able to read. */
  readonly shared: readonly string[];
  /** What it must not be able to read. */
  readonly secret: readonly string[];
}

/** Another user than the server's, where the server is root. Tried out as such a user: the mode of one file says little. */
export async function userStep(isRoot: boolean, { shared, secret }: Places): Promise<Step> {
  const setpriv = findTool('setpriv');
  const shell = findTool('sh');
  if (!isRoot) return notTaken('user', 'only root can give children users of their own.');
  if (setpriv === undefined || shell === undefined) {
    return notTaken('user', 'setpriv is not installed. Install util-linux.');
  }
  const user = [setpriv, `--reuid=${FIRST}`, `--regid=${FIRST}`, '--clear-groups', '--'];
  const look = (...args: readonly string[]) => probe([...user, shell, '-c', LOOK, 'sh', ...args]);
  const [reads, leaks] = await Promise.all([look('shared', ...shared), look('secret', ...secret)]);
  if (!reads.ok) {
    return notTaken(
      'user',
      reads.reason.startsWith('/')
        ? `another user cannot read ${reads.reason}. ${inBinary ? IN_BINARY : 'Put Sluice where others can, like /opt.'}`
        : `this process may not change users (${reads.reason}). Give it CAP_SETUID and CAP_SETGID.`,
    );
  }
  if (!leaks.ok) {
    return notTaken('user', `every user can read ${leaks.reason}. Run: chmod 700 ${leaks.reason}`);
  }
  return taken('user', 'each child is a user of its own that owns nothing');
}
