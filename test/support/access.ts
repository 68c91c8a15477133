import { expect, it } from 'vitest';
import type { Role } from '../../runtime/words.ts';
import type { Instance } from './instance.ts';

const LESSER: Readonly<Record<Role, Role | null>> = { user: null, developer: 'user', manager: 'developer' };

/** The two tests with which every file about a part of the API begins: `route` needs at least `role`. */
export function refusesStrangers(
  instance: () => Instance,
  routes: readonly (readonly [verb: string, route: string, role: Role])[],
): void {
  it.each(routes)('without login %s %s is 401', async (verb, route) => {
    const { status, body } = await instance().call(verb, route, undefined, null);
    expect({ status, body }).toMatchObject({ status: 401, body: { error: { code: 'unauthorized' } } });
  });

  const guarded = routes.filter(([, , role]) => LESSER[role] !== null);
  if (guarded.length === 0) return;
  it.each(guarded)('with a lesser role %s %s is 403', async (verb, route, role) => {
    const token = await instance().tokenFor(LESSER[role] ?? 'user');
    const { status, body } = await instance().call(verb, route, undefined, token);
    expect({ status, body }).toMatchObject({ status: 403, body: { error: { code: 'forbidden' } } });
  });
}
