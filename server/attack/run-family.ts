import type { AttackCase } from './attack-case.ts';
import type { Canaries } from './canaries.ts';
import type { Family } from './families.ts';
import { type PreparedProject, prepareProject, removeProject } from './prepared-project.ts';
import { lookFor } from './residue.ts';
import { type CaseSettings, runCase } from './run-case.ts';
import type { Target } from './target.ts';
import type { CaseResult } from './verdict.ts';

export interface FamilyRun {
  readonly target: Target;
  readonly canaries: Canaries;
  readonly developerToken: string;
  /** Only the case of this name. */
  readonly only?: string | undefined;
  /** Stops the run between two requests. */
  readonly signal?: AbortSignal | undefined;
  /** Told of each case as it ends. */
  readonly onCase: (result: CaseResult) => void;
}

/** Runs the cases of a family one after the other on a project of their own, which is deleted afterwards. */
export async function runFamily(run: FamilyRun, family: Family): Promise<readonly CaseResult[]> {
  const { target, canaries, only } = run;
  const cases = family.cases.filter((attack) => only === undefined || attack.case === only);
  const results: CaseResult[] = [];
  let settings = await prepare(run, family);
  try {
    for (const attack of cases) {
      const result = await runCase(settings, attack);
      run.signal?.throwIfAborted();
      results.push(result);
      run.onCase(result);
      // What was done to the project, or has been left in its realms, is not there for the next case.
      if (attack.meanwhile !== undefined || result.problems.length > 0) {
        settings = { ...settings, project: await prepareProject(target, family, canaries) };
      }
    }
    const leaks = await readEverything(target, family.slug);
    return leaks.length === 0 ? results : [...results, leaking(family, leaks)];
  } finally {
    await removeProject(target, family.slug);
  }
}

async function prepare(run: FamilyRun, family: Family): Promise<CaseSettings> {
  const { target, canaries, developerToken } = run;
  const project: PreparedProject = await prepareProject(target, family, canaries);
  const found = await lookFor(target, family.slug, quietCase(family.cases).case);
  if (typeof found === 'string') throw new Error(`A job of ${family.slug} that does nothing ended ${found}`);
  return { target, canaries, developerToken, project, print: found.print };
}

function quietCase([first]: readonly AttackCase[]): AttackCase {
  if (first === undefined) throw new Error('A family has no case.');
  return first;
}

const LISTS = ['/jobs', '/logs', '/outgoing'];
const MOST = 1000;
const MOST_PAGES = 20;

/** Reads all that the instance tells about the project, for canaries; returns what was found. */
async function readEverything(target: Target, slug: string): Promise<readonly string[]> {
  const known = target.leaks.length;
  for (const list of LISTS) {
    let after = '';
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const reply = await target.call('GET', `${list}?project=${slug}&limit=${MOST}${after}`);
      const { next } = (reply.json ?? {}) as { readonly next?: string | null };
      if (!next) break;
      after = `&after=${encodeURIComponent(next)}`;
    }
  }
  for (const route of ['', '/versions', '/export', '/types'])
    await target.call('GET', `/projects/${slug}${route}`);
  await target.call('GET', '/audit');
  return [...new Set(target.leaks.slice(known))];
}

const leaking = ({ name }: Family, problems: readonly string[]): CaseResult => ({
  family: name,
  name: 'afterwards',
  tries: 'Reads everything that the server tells about the project.',
  expected: 'no secret',
  seen: 'a secret',
  ms: null,
  problems,
});
