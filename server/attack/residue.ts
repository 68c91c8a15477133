import { buttonOf } from './attack-case.ts';
import type { CaseSettings } from './run-case.ts';
import { endOf, type SeenJob } from './run-jobs.ts';
import type { Target } from './target.ts';

/** What `residue` in the Common Code of the families finds. */
interface Residue {
  /** Of every property of every object that jobs share. */
  readonly print: string;
  readonly left: readonly string[];
}

const WAIT_SECONDS = 60;
/** One change is enough to fail; more are there to find it. */
const MOST_SHOWN = 5;

/** What the next job of the case's task sees of those before it, in words. */
export async function residueOf(
  { target, project, print }: CaseSettings,
  name: string,
): Promise<readonly string[]> {
  const found = await lookFor(target, project.family.slug, name);
  if (typeof found === 'string') return [`the next job of its task ended ${found}`];
  const left = found.left.slice(0, MOST_SHOWN).map((path) => `the next job sees ${path}`);
  return found.print === print ? left : [...left, 'the next job sees changed built-ins'];
}

/** The residue, or how the job ended that should have looked for it. */
export async function lookFor(target: Target, slug: string, name: string): Promise<Residue | string> {
  const route = `/projects/${slug}/triggers/${buttonOf(name)}/run`;
  const { job } = await target.ask<{ job: SeenJob }>('POST', route, {
    data: { check: true },
    wait: WAIT_SECONDS,
  });
  return job.status === 'done' ? (job.result as Residue) : `${endOf(job)}: ${job.error?.message ?? ''}`;
}
