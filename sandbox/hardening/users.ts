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

/** Names the first place that cannot be read; behind `--`, `!` and the first that can. */
const LOOK = `
  test=read
  for file; do
    case "$file" in --) test=leak; continue ;; esac
    case $test in
      read) test -r "$file" || { echo "$file"; exit 3; } ;;
      leak) if test -r "$file" -o -x "$file"; then echo "!$file"; exit 4; fi ;;
    esac
  done`;

/** Files and folders that children must read, and that none may. */
export interface FileAccess {
  readonly shared: readonly string[];
  readonly secret: readonly string[];
}

/** Another user than the server's, where the server is root. Tried out as such a user: the mode of one file says little. */
export async function userStep(isRoot: boolean, { shared, secret }: FileAccess): Promise<Step> {
  const setpriv = findTool('setpriv');
  const shell = findTool('sh');
  if (!isRoot) return notTaken('user', 'only root can give children users of their own.');
  if (setpriv === undefined || shell === undefined) {
    return notTaken('user', 'setpriv is not installed. Install util-linux.');
  }
  const user = [setpriv, `--reuid=${FIRST}`, `--regid=${FIRST}`, '--clear-groups', '--'];
  const look = [...user, shell, '-c', LOOK, 'sh', ...shared, '--', ...secret];
  const seen = await probe(look);
  if (!seen.ok) return notTaken('user', whyNot(seen.reason));
  return taken('user', 'each child is a user of its own that owns nothing');
}

function whyNot(reason: string): string {
  if (reason.startsWith('!')) {
    const place = reason.slice(1);
    return `every user can read ${place}. Run: chmod 700 ${place}`;
  }
  if (reason.startsWith('/')) {
    return `another user cannot read ${reason}. ${inBinary ? IN_BINARY : 'Put Sluice where others can, like /opt.'}`;
  }
  return `this process may not change users (${reason}). Give it CAP_SETUID and CAP_SETGID.`;
}
