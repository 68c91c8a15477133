import { describe, expect, it } from 'vitest';
import type { LoadedProject } from '../../../../../runtime/store/project-store.ts';
import { deployWrite, MID_MONTH } from '../../../../support/rows.ts';
import { freshStore } from '../../conformance/harness.ts';
import { openPostgres } from '../../conformance/open-postgres.ts';

const NOW = MID_MONTH + 60_000;
const HOOK = { name: 'HOOK', type: 'webhook', hook: 'a' } as const;

describe('marks of projects', () => {
  const data = freshStore(openPostgres());
  const marks = async () => new Map((await data.store.projectMarks()).map(({ slug, mark }) => [slug, mark]));
  const deploy = async (changes: Parameters<typeof deployWrite>[0] = {}): Promise<LoadedProject> => {
    const loaded = await data.store.deploy(deployWrite({ triggers: [HOOK], ...changes }));
    if (loaded === null) throw new Error('The deploy was refused.');
    return loaded;
  };

  it('are other ones after each change of what jobs run with, and of that project alone', async () => {
    const { project } = await deploy({ slug: 'one' });
    await deploy({ slug: 'two', triggers: [] });
    const { id } = project;
    const secret = { project_id: id, key: 'S', key_id: 'k', set_at: 1, set_by: 'me', version: 1 };
    const sealed = (n: number) => new Uint8Array(12).fill(n);
    const put = (n: number) =>
      data.store.putSecret({ ...secret, iv: sealed(n), tag: sealed(n), ciphertext: sealed(n) });
    const changes: Readonly<Record<string, () => Promise<unknown>>> = {
      deploy: () => deploy({ slug: 'one', expected_version: 1 }),
      switch: () => data.store.setProjectActive(id, false, NOW),
      'switch again': () => data.store.setProjectActive(id, true, NOW),
      param: () => data.store.setParam(id, 'P', 'a', NOW),
      'param in the same moment': () => data.store.setParam(id, 'P', 'b', NOW),
      'no param': () => data.store.deleteParam(id, 'P'),
      secret: () => put(1),
      'secret of the same version': () => put(2),
      'no secret': () => data.store.deleteSecret(id, 'S'),
      trigger: () => data.store.setTriggerActive(id, 'HOOK', false),
      next: () => data.store.setTriggerNext(id, 'HOOK', NOW),
      hook: () => data.store.setTriggerHook(id, 'HOOK', 'another'),
    };
    let before = await marks();
    for (const [name, change] of Object.entries(changes)) {
      expect(await marks()).toEqual(before);
      await change();
      const after = await marks();
      expect([name, after.get('one') === before.get('one')]).toEqual([name, false]);
      expect(after.get('two')).toBe(before.get('two'));
      before = after;
    }
    await data.store.deleteProject(id);
    expect([...(await marks()).keys()]).toEqual(['two']);
  });
});
