import { notTaken, type ShutIn, type Step, taken } from './step.ts';
import { findTool, probe } from './tools.ts';

const TEXT = 'no rights of root, no way to more rights, ends with the server';

/** Whoever stays root would otherwise get all rights of root back with the next program. */
const NO_RIGHTS = ['--inh-caps=-all', '--bounding-set=-all'];
const RIGHT_TO_PASS = ['--inh-caps=-all', '--bounding-set=-all,+dac_override'];

/**
 * No way to more rights, by `setpriv` of util-linux: no program with another owner's rights has an effect. It also gives
 * the child its user, and lets the kernel end it with the server, also when its thread is lost in native code.
 */
export async function rightsStep(isRoot: boolean): Promise<Step> {
  const setpriv = findTool('setpriv');
  if (setpriv === undefined) return notTaken('rights', 'setpriv is not installed. Install util-linux.');
  const wordsWith =
    (flags: readonly string[]) =>
    ({ uid, files }: ShutIn) => [
      setpriv,
      ...(uid === undefined ? [] : [`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups']),
      ...(flags === NO_RIGHTS && files?.needRoot === true ? RIGHT_TO_PASS : flags),
      '--no-new-privs',
      '--pdeathsig=KILL',
      '--',
    ];
  // Root in a container without any rights cannot drop them, and need not.
  const ways = isRoot ? [wordsWith(NO_RIGHTS), wordsWith([])] : [wordsWith([])];
  let last = '';
  for (const words of ways) {
    const problem = await problemOf(words);
    if (problem === undefined) return taken('rights', TEXT, words);
    last = problem;
  }
  return notTaken('rights', `setpriv does not work here: ${last}.`);
}

async function problemOf(words: Step['words']): Promise<string | undefined> {
  const child: ShutIn = { role: 'runner', uid: undefined, directory: undefined };
  const seen = await probe([...words(child), findTool('cat') ?? 'cat', '/proc/self/status']);
  if (!seen.ok) return seen.reason;
  const worked = /^NoNewPrivs:\s+1$/m.test(seen.text) && /^CapEff:\s+0+$/m.test(seen.text);
  return worked ? undefined : 'it had no effect';
}
