import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { News } from '../../../../../runtime/store/node-store.ts';
import type { SealedSecret } from '../../../../../runtime/store/secret-store.ts';
import { deployWrite } from '../../../../support/rows.ts';
import { until } from '../../../../support/wait-for.ts';
import type { StoreUnderTest } from '../../conformance/harness.ts';
import { openPostgres } from '../../conformance/open-postgres.ts';

const SECRET: Omit<SealedSecret, 'project_id'> = {
  ...{ key: 'TOKEN', version: 1, key_id: 'k', iv: Uint8Array.of(1), tag: Uint8Array.of(1) },
  ...{ ciphertext: Uint8Array.of(1), set_at: 1, set_by: 'admin' },
};

describe('what nodes tell each other of projects', () => {
  const open = openPostgres();
  let data: StoreUnderTest;
  let heard: News[] = [];

  beforeEach(async () => {
    data = await open();
    const other = await data.another();
    heard = [];
    other.watchOthers((news) => heard.push(news));
    await until('it listens', () => heard.some(({ kind }) => kind === 'missed'));
    heard = [];
  });
  afterEach(() => data.close());

  /** What was told until a last word that is sent after everything else. */
  async function told(): Promise<readonly News[]> {
    await data.store.tellOthers({ kind: 'cancel', job: 'last' });
    await until('the last word', () => heard.some(({ kind }) => kind === 'cancel'));
    return heard.splice(0).filter(({ kind }) => kind === 'project');
  }
  const ofDemo = expect.objectContaining({ kind: 'project', slug: 'demo' });

  it('is each change of what they have loaded', async () => {
    const { store } = data;
    const loaded = await store.deploy(deployWrite());
    expect(await told()).toEqual([ofDemo]);
    const id = loaded?.project.id ?? '';
    const secret = { ...SECRET, project_id: id };
    const changes: readonly (() => Promise<unknown>)[] = [
      () => store.setProjectActive(id, false, 1),
      () => store.setParam(id, 'P', 'x', 1),
      () => store.deleteParam(id, 'P'),
      () => store.setTriggerActive(id, 'INBOX', false),
      () => store.setTriggerNext(id, 'INBOX', 5),
      () => store.setTriggerHook(id, 'INBOX', 'h'),
      () => store.putSecret(secret),
      () => store.replaceSecret({ ...secret, iv: Uint8Array.of(2) }, secret.iv),
      () => store.deleteSecret(id, 'TOKEN'),
      () => store.deleteProject(id),
    ];
    for (const change of changes) {
      await change();
      expect(await told(), String(change)).toEqual([ofDemo]);
    }
  });

  it('is nothing when nothing was changed', async () => {
    const { store } = data;
    const loaded = await store.deploy(deployWrite());
    const id = loaded?.project.id ?? '';
    await told();
    expect(await store.deploy(deployWrite())).toBeNull();
    expect(await store.replaceSecret({ ...SECRET, project_id: id }, SECRET.iv)).toBe(false);
    expect(await store.deleteParam(id, 'P')).toBe(false);
    await expect(store.setTriggerActive(id, 'NOPE', true)).rejects.toMatchObject({ status: 404 });
    await store.deleteProject('nobody');
    expect(await told()).toEqual([]);
  });
});
