import { bubblewrapStep } from './bubblewrap.ts';
import { levelReached, type Measure, type SandboxLevel } from './levels.ts';
import { limitsStep } from './limits.ts';
import { networkStep } from './network.ts';
import { rightsStep } from './rights.ts';
import { notTaken, type ShutIn, type Step, taken } from './step.ts';
import { createUsers, type FileAccess, userStep } from './users.ts';

/** How this host lets children be shut in. */
export interface Hardening {
  readonly level: SandboxLevel;
  readonly measures: readonly Measure[];
  /** The user for a further child; undefined when children keep the server's. */
  nextUser(): number | undefined;
  /** What stands in front of the command of a child. Each program in it replaces itself by the next, but for bubblewrap. */
  words(child: ShutIn): readonly string[];
}

/**
 * Tries all measures at once, each for some seconds at most, and takes what works. Two ways lead to the highest level: as root
 * a user for each child, which costs no process, or bubblewrap.
 */
export async function findHardening(access: FileAccess): Promise<Hardening> {
  const permissions = taken('permissions', 'the permission model of Node.js, an empty environment');
  if (process.platform !== 'linux') {
    return harden([permissions, ...ELSEWHERE], []);
  }
  const isRoot = process.getuid?.() === 0;
  // Each try costs the start some milliseconds: root seldom needs this one.
  const early = isRoot ? undefined : bubblewrapStep(access);
  const [limits, rights, network, ofUser] = await Promise.all([
    limitsStep(),
    rightsStep(isRoot),
    networkStep(isRoot),
    userStep(isRoot, access),
  ]);
  // The same program does both.
  const user = rights.measure.taken ? ofUser : notTaken('user', rights.measure.text);
  const usersSuffice = [rights, network, user].every(({ measure }) => measure.taken);
  const bubblewrap = usersSuffice
    ? notTaken('bubblewrap', 'not needed, since each child is a user of its own.')
    : await (early ?? bubblewrapStep(access));
  if (!bubblewrap.measure.taken) {
    const steps = [permissions, limits, rights, network, user, bubblewrap];
    return harden(steps, [limits, network, rights]);
  }
  const inside = [taken('rights', 'by bubblewrap'), taken('network', 'by bubblewrap')];
  const unused = notTaken('user', 'not needed, since bubblewrap is used.');
  return harden([permissions, limits, ...inside, unused, bubblewrap], [limits, bubblewrap]);
}

const ELSEWHERE: readonly Step[] = (['limits', 'rights', 'network', 'user', 'bubblewrap'] as const).map(
  (name) => notTaken(name, 'there on Linux only.'),
);

function harden(steps: readonly Step[], used: readonly Step[]): Hardening {
  const measures = steps.map(({ measure }) => measure);
  const hasUsers = measures.some(({ name, taken }) => name === 'user' && taken);
  const users = hasUsers ? createUsers() : undefined;
  return Object.freeze({
    level: levelReached(measures),
    measures,
    nextUser: () => users?.(),
    words: (child: ShutIn) => used.flatMap((step) => step.words(child)),
  });
}
