import { beforeEach, describe, expect, it } from 'vitest';
import type { LinkSet } from '../../../../runtime/store/link-store.ts';
import { valueColumns } from '../../../../runtime/store/rules/register-rows.ts';
import type { SealedSecret } from '../../../../runtime/store/secret-store.ts';
import type { Store } from '../../../../runtime/store/store.ts';
import { decode } from '../../../../sandbox/wire/decode.ts';
import { encode } from '../../../../sandbox/wire/encode.ts';
import { deployWrite, MID_MONTH, uuidAt } from '../../../support/rows.ts';
import { freshStore, type OpenStore } from './harness.ts';

const MANY = Array.from({ length: 12 }, (_, n) => n);

/** What two processes do at the same time. */
export function describeRaces(open: OpenStore): void {
  describe('two processes at once', () => {
    const data = freshStore(open);
    let other: Store | undefined;
    beforeEach(() => {
      other = undefined;
    });

    async function projectId(slug = 'demo'): Promise<string> {
      const loaded = await data.store.deploy(deployWrite({ slug, triggers: [] }));
      if (loaded === null) throw new Error('The deploy was refused.');
      return loaded.project.id;
    }

    /** The same of both processes, again and again: what the one and the other came to, each time. */
    async function both<Value>(work: (store: Store, n: number, who: 'a' | 'b') => Promise<Value>) {
      other ??= await data.another();
      // Neither is late because it has to connect first.
      await Promise.all([data.store, other].flatMap((store) => [store.listProjects(), store.listTokens()]));
      const pairs: (readonly [Value, Value])[] = [];
      for (const n of MANY) pairs.push(await Promise.all([work(data.store, n, 'a'), work(other, n, 'b')]));
      return pairs;
    }

    it('deploy a new project once, and each version of it once', async () => {
      const deploy = (version: number) =>
        both((store, n, who) =>
          store.deploy(
            deployWrite({
              ...{ slug: `p${n}`, by: who, expected_version: version },
              triggers: [{ name: who, type: 'webhook', hook: `${n} ${version} ${who}` }],
            }),
          ),
        );
      for (const version of [0, 1]) {
        for (const pair of await deploy(version)) {
          const won = pair.filter((loaded) => loaded !== null);
          expect(won).toHaveLength(1);
          const slug = won[0]?.project.slug ?? '';
          expect(await data.store.loadProject(slug)).toEqual(won[0]);
          expect(won[0]?.version.number).toBe(version + 1);
          expect(won[0]?.triggers.map(({ name }) => name)).toEqual([won[0]?.version.created_by]);
          expect(await data.store.listVersions(won[0]?.project.id ?? '')).toHaveLength(version + 1);
        }
      }
    });

    it('replace the secret that both saw once', async () => {
      const project_id = await projectId();
      const sealed = (n: number, iv: number): SealedSecret => ({
        ...{
          project_id,
          key: `K${n}`,
          version: iv,
          key_id: 'k',
          iv: Uint8Array.of(iv),
          tag: Uint8Array.of(1),
        },
        ...{ ciphertext: Uint8Array.of(iv), set_at: 1, set_by: 'admin' },
      });
      for (const n of MANY) await data.store.putSecret(sealed(n, 0));
      const replaced = await both((store, n, who) =>
        store.replaceSecret(sealed(n, who === 'a' ? 1 : 2), Uint8Array.of(0)),
      );
      const secrets = await data.store.listSecrets(project_id);
      for (const [n, [first, second]] of replaced.entries()) {
        expect(second).toBe(!first);
        expect(secrets.find(({ key }) => key === `K${n}`)?.version).toBe(first ? 1 : 2);
      }
    });

    it('lose no increment, and write over one version once', async () => {
      const place = { project_id: await projectId(), name: 'r' };
      const terms = { at: 1, most_bytes: 1_000_000 };
      const sums = await both((store) => store.incrementRegister({ ...place, key: 'n', by: 1, ...terms }));
      const values = sums.flat().map((sum) => ('value' in sum ? sum.value : undefined));
      expect(new Set(values).size).toBe(2 * MANY.length);
      const entry = await data.store.getRegister({ ...place, key: 'n' });
      expect(entry && [decode(entry.value), entry.version]).toEqual([2 * MANY.length, 2 * MANY.length]);

      const written = await both((store, n, who) =>
        store.setRegister({ ...place, key: `k${n}`, value: encode(who), if_version: 0, ...terms }),
      );
      for (const pair of written)
        expect(pair.map(({ kind }) => kind).toSorted()).toEqual(['conflict', 'written']);
    });

    it('give no version twice, and know to the byte what registers take', async () => {
      const place = { project_id: await projectId(), name: 'r' };
      const terms = { at: 1, most_bytes: 1_000_000 };
      const versions: number[] = [];
      await both(async (store, n, who) => {
        const key = `k${n % 3}`;
        const value = encode(who.repeat(n));
        const written = await store.setRegister({ ...place, key, value, if_version: undefined, ...terms });
        if (written.kind === 'written') versions.push(n % 3, written.version);
        await store.deleteRegister({ ...place, key, if_version: undefined });
      });
      const pairs = MANY.flatMap((_, n) => [n, n + MANY.length]).map((n) =>
        versions.slice(2 * n, 2 * n + 2).join(),
      );
      expect(new Set(pairs).size).toBe(2 * MANY.length);

      const value = encode('x'.repeat(500));
      const { bytes } = valueColumns({ name: 'r', key: 'last' }, value);
      const last = { ...place, key: 'last', value, if_version: undefined, at: 1 };
      expect(await data.store.setRegister({ ...last, most_bytes: bytes - 1 })).toEqual({ kind: 'full' });
      expect(await data.store.setRegister({ ...last, most_bytes: bytes })).toMatchObject({ kind: 'written' });
    });

    const link = (
      project_id: string,
      one: string,
      other: string,
      changes: Partial<LinkSet> = {},
    ): LinkSet => ({
      ...{ project_id, relation: 'r', model: null, sync_date: 5, allow_many2many: false },
      ...{
        most_links: 1000,
        most_bytes: 1_000_000,
        refs: [
          ['github', one],
          ['trello', other],
        ],
      },
      ...changes,
    });

    it('give a reference to one of them', async () => {
      const id = await projectId();
      for (const side of ['github', 'trello']) {
        const pairs = await both((store, n, who) => {
          const [shared, own] = [`${side} ${n}`, `${side} ${n} ${who}`];
          return store.setLink(side === 'github' ? link(id, shared, own) : link(id, own, shared));
        });
        for (const [first, second] of pairs) {
          expect([first.kind, second.kind].toSorted()).toEqual(['linked', 'taken']);
          const ids = [first, second].map((written) => (written.kind === 'full' ? 0 : written.link.id));
          expect(ids[0]).toBe(ids[1]);
        }
      }
    });

    it('link one pair once, also where references may have several', async () => {
      const id = await projectId();
      const many = { allow_many2many: true };
      const pairs = await both((store, n) => store.setLink(link(id, `${n}`, `t${n}`, many)));
      for (const [first, second] of pairs) expect(first).toEqual(second);
      const { items } = await data.store.listLinks(id, {}, { limit: 100, before: undefined });
      expect(items).toHaveLength(MANY.length);
    });

    it('find links full at the same number, and free again by what was deleted', async () => {
      const id = await projectId();
      const few = { most_links: MANY.length };
      const set = (round: string) =>
        both((store, n, who) => store.setLink(link(id, `${round} ${n} ${who}`, `${round} ${n} ${who}`, few)));
      const linked = (await set('first'))
        .flat()
        .flatMap((one) => (one.kind === 'linked' ? [one.link.id] : []));
      expect(linked).toHaveLength(MANY.length);
      const deleted = await both((store) => store.deleteLinks(id, linked.slice(0, 5)));
      expect(deleted.flat(2).toSorted((one, other) => one - other)).toEqual(
        linked.slice(0, 5).toSorted((one, other) => one - other),
      );
      const again = (await set('again')).flat().filter(({ kind }) => kind === 'linked');
      expect(again).toHaveLength(5);
    });

    it('delete a project while it is written, and leave nothing of it', async () => {
      const id = await projectId();
      const writer = await data.another();
      const writing = MANY.flatMap((n) => [
        writer.setLink(link(id, `${n}`, `t${n}`)),
        writer.incrementRegister({
          project_id: id,
          name: 'r',
          key: `${n}`,
          by: 1,
          at: 1,
          most_bytes: 1000_000,
        }),
        writer.setParam(id, `P${n}`, 'x', 1),
      ]);
      const [, ...written] = await Promise.allSettled([data.store.deleteProject(id), ...writing]);
      for (const one of written) {
        if (one.status === 'rejected') expect(String(one.reason)).toMatch(/does not exist|constraint/i);
      }
      expect(await writer.loadProjects()).toEqual([]);
      expect((await writer.listLinks(id, {}, { limit: 9, before: undefined })).items).toEqual([]);
      expect(await writer.getRegister({ project_id: id, name: 'r', key: '0' })).toBeUndefined();
    });

    it('add to one audit', async () => {
      const row = (n: number, who: string) => ({
        ...({
          id: uuidAt(MID_MONTH),
          at: MID_MONTH + n,
          kind: 'deploy',
          project: null,
          task: null,
          trigger: null,
        } as const),
        ...{ job: null, version: null, user: who, name: null, message: `Of ${who}.` },
      });
      await both((store, n, who) => store.appendAudit([row(n, who), row(n, who)]));
      const { items } = await data.store.listAudit({}, { limit: 100 });
      expect(items).toHaveLength(4 * MANY.length);
    });
  });
}
