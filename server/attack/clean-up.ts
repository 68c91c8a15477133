import { familyNames, readFamily } from './families.ts';
import { HOSTILE_SLUG } from './hostile-deploys.ts';
import { NEIGHBOUR_SLUG } from './neighbour.ts';
import { removeProject } from './prepared-project.ts';
import type { Target } from './target.ts';

const TOKEN = 'attack-test';

/** Of somebody who may not read Protected Code. */
export async function makeDeveloperToken(target: Target): Promise<string> {
  const body = { name: TOKEN, role: 'developer' };
  return (await target.ask<{ token: string }>('POST', '/tokens', body)).token;
}

/** Takes away every project and token that the suite makes, those of an earlier run that was killed among them. */
export async function cleanUp(target: Target): Promise<void> {
  const families = await Promise.all(familyNames().map(readFamily));
  for (const slug of [NEIGHBOUR_SLUG, HOSTILE_SLUG, ...families.map((family) => family.slug)]) {
    await removeProject(target, slug);
  }
  const { items } = await target.ask<{ items: { id: string; name: string }[] }>('GET', '/tokens');
  for (const { id } of items.filter(({ name }) => name === TOKEN)) {
    await target.call('DELETE', `/tokens/${id}`);
  }
}
