/** How far children are shut in, from the least to the most. A level includes those before it. */
export const SANDBOX_LEVELS = ['basic', 'limited', 'offline', 'sealed'] as const;
export type SandboxLevel = (typeof SANDBOX_LEVELS)[number];

/** What each level promises about a child whose code has broken out of its realm and of V8. */
export const PROMISES: Readonly<Record<SandboxLevel, string>> = {
  basic:
    'an empty environment, and the permission model of Node.js against JavaScript that got out of its realm',
  limited: 'no core dumps, few and small files, no way to more rights, and first to go when memory runs out',
  offline: 'no network, not even to this machine',
  sealed: "no way to read the server's data, keyring or memory, or those of another child",
};

/** One thing that is done to every child, or is not. */
export interface Measure {
  readonly name: 'permissions' | 'limits' | 'rights' | 'network' | 'user' | 'bubblewrap';
  readonly taken: boolean;
  /** What it does; when not taken: why not, and what to install or allow. */
  readonly text: string;
}

/** What must be taken for each level; one of the names in a list is enough. */
const NEEDS: Readonly<Record<SandboxLevel, readonly (readonly Measure['name'][])[]>> = {
  basic: [],
  limited: [['limits'], ['rights']],
  offline: [['network']],
  sealed: [['user', 'bubblewrap']],
};

/** The highest level that these measures reach. */
export function levelReached(measures: readonly Measure[]): SandboxLevel {
  const missing = SANDBOX_LEVELS.findIndex((level) => missingFor(level, measures).length > 0);
  return SANDBOX_LEVELS[missing < 0 ? SANDBOX_LEVELS.length - 1 : missing - 1] ?? 'basic';
}

/** Measures that are not taken and of which one each is needed for `level` or a level before it. */
export function missingFor(level: SandboxLevel, measures: readonly Measure[]): readonly Measure[] {
  const needs = SANDBOX_LEVELS.slice(0, SANDBOX_LEVELS.indexOf(level) + 1).flatMap((each) => NEEDS[each]);
  const isTaken = (name: string) => measures.some((measure) => measure.name === name && measure.taken);
  const open = needs.filter((names) => !names.some(isTaken)).flat();
  return measures.filter(({ name }) => open.includes(name));
}
