import { randomBytes } from 'node:crypto';
import { hookOf, type Meanwhile } from './attack-case.ts';
import type { Family } from './families.ts';
import { deployProject, removeProject } from './prepared-project.ts';
import { click } from './run-jobs.ts';
import type { Target } from './target.ts';

const CLICKS = 60;

/** What somebody does while a case runs. Returns the ids of jobs that were started by it and have to end like the case. */
export async function doMeanwhile(
  target: Target,
  family: Family,
  name: string,
  what: Meanwhile,
): Promise<readonly string[]> {
  const { slug } = family;
  switch (what) {
    case 'delete_project':
      await removeProject(target, slug);
      return [];
    case 'deploy':
      await deployProject(target, changed(family));
      return [];
    case 'switch_off':
      await target.ask('PATCH', `/projects/${slug}`, { active: false });
      return [];
    case 'change_secret': {
      const value = `canary-${randomBytes(18).toString('hex')}`;
      await target.ask('PUT', `/projects/${slug}/secrets/CANARY`, { value });
      return [];
    }
    case 'rotate_hook':
      await target.ask('POST', `/projects/${slug}/triggers/${hookOf(name)}/rotate`);
      return [];
    case 'click_often': {
      const jobs = await Promise.all(Array.from({ length: CLICKS }, () => click(target, slug, name, {})));
      return jobs.map(({ id }) => id);
    }
  }
}

/** The same project, with other code. */
function changed(family: Family): Family {
  const files = Object.entries(family.files).map(([name, text]) => [
    name,
    name.startsWith('tasks/') ? `${text}\nconst deployedAgain = true;\n` : text,
  ]);
  return { ...family, files: Object.fromEntries(files) };
}
