import { beforeEach, describe, expect, it } from 'vitest';
import type { RegisterSet, RegisterStore } from '../../../../runtime/store/register-store.ts';
import { decode } from '../../../../sandbox/wire/decode.ts';
import { encode } from '../../../../sandbox/wire/encode.ts';
import { deployWrite } from '../../../support/rows.ts';
import { freshStore, type OpenStore } from './harness.ts';

const ALL = { limit: 1000, most_bytes: 1_000_000 };

export function describeRegisters(open: OpenStore): void {
  describe('registers', () => {
    const data = freshStore(open);
    let project_id = '';

    async function newProject(slug: string): Promise<string> {
      const loaded = await data.store.deploy(deployWrite({ slug, triggers: [] }));
      if (loaded === null) throw new Error('The deploy was refused.');
      return loaded.project.id;
    }
    beforeEach(async () => {
      project_id = await newProject('demo');
    });

    const terms = { at: 5, most_bytes: 1_000_000 };
    const set = (key: string, value: unknown, changes: Partial<RegisterSet> = {}) =>
      data.store.setRegister({
        ...{ project_id, name: 'r', key, value: encode(value), if_version: undefined },
        ...terms,
        ...changes,
      });
    const get = async (key: string, store: RegisterStore = data.store) => {
      const entry = await store.getRegister({ project_id, name: 'r', key });
      return entry && { ...entry, value: decode(entry.value) };
    };
    const increment = (key: string, by: number) =>
      data.store.incrementRegister({ project_id, name: 'r', key, by, ...terms });
    const remove = (key: string, if_version?: number) =>
      data.store.deleteRegister({ project_id, name: 'r', key, if_version });
    const keysOf = async (filter: Parameters<RegisterStore['listRegisters']>[1], bounds = ALL) => {
      const { items, more } = await data.store.listRegisters(project_id, filter, bounds);
      return [items.map(({ name, key }) => `${name}/${key}`), more];
    };

    it('give every kind of plain data back, also after a start', async () => {
      const value = {
        at: new Date(7),
        map: new Map([[1, undefined]]),
        bytes: [Uint8Array.of(0, 255), Uint16Array.of(9)],
        text: 'a\0\ud800',
        not: Number.NaN,
      };
      expect(await set('a', value)).toEqual({ kind: 'written', version: 1 });
      const kept = { name: 'r', key: 'a', value, version: 1, written_at: 5 };
      expect(await get('a')).toEqual(kept);
      expect(await get('a', await data.reopen())).toEqual(kept);
      expect(await get('b')).toBeUndefined();
    });

    it('are written only over the version that the writer knows', async () => {
      expect(await set('a', 1, { if_version: 3 })).toEqual({ kind: 'conflict', version: 0 });
      expect(await set('a', 1, { if_version: 0 })).toEqual({ kind: 'written', version: 1 });
      expect(await set('a', 2, { if_version: 0 })).toEqual({ kind: 'conflict', version: 1 });
      expect(await set('a', 2, { if_version: 1 })).toEqual({ kind: 'written', version: 2 });
      expect(await set('a', 3)).toEqual({ kind: 'written', version: 3 });
      expect(await get('a')).toMatchObject({ value: 3, version: 3 });
    });

    it('let one of two writers win who saw the same version', async () => {
      await set('a', 0);
      const both = await Promise.all([set('a', 1, { if_version: 1 }), set('a', 2, { if_version: 1 })]);
      expect(both.map(({ kind }) => kind).toSorted()).toEqual(['conflict', 'written']);
    });

    it('delete by version too, and never give a version twice', async () => {
      await set('a', 1);
      await set('a', 2);
      expect(await remove('a', 1)).toEqual({ kind: 'conflict', version: 2 });
      expect(await remove('a', 2)).toEqual({ kind: 'deleted' });
      expect(await remove('a')).toEqual({ kind: 'missing' });
      expect(await remove('a', 2)).toEqual({ kind: 'conflict', version: 0 });
      expect(await get('a')).toBeUndefined();
      expect(await set('a', 1)).toEqual({ kind: 'written', version: 3 });
    });

    it('count from 0, and add no number to what is none', async () => {
      expect(await increment('n', 1.5)).toEqual({ kind: 'written', version: 1, value: 1.5 });
      expect(await increment('n', -2)).toEqual({ kind: 'written', version: 2, value: -0.5 });
      await set('t', 'text');
      expect(await increment('t', 1)).toEqual({ kind: 'no_number' });
      await set('n', 1e308);
      expect(await increment('n', 1e308)).toEqual({ kind: 'no_number' });
      expect(await get('n')).toMatchObject({ value: 1e308, version: 3 });
    });

    it('lose no increment of one moment', async () => {
      const sums = await Promise.all(Array.from({ length: 50 }, () => increment('n', 1)));
      expect(new Set(sums.map((sum) => ('value' in sum ? sum.value : 0))).size).toBe(50);
      expect(await get('n')).toMatchObject({ value: 50, version: 50 });
    });

    it('are listed by code points, whatever the alphabet', async () => {
      const keys = ['', 'A', 'B', 'a', 'a b', 'aa', 'z', 'é', '\uffff', '\u{1f600}'];
      for (const key of keys.toReversed()) await set(key, 1);
      expect(await keysOf({ name: 'r' })).toEqual([keys.map((key) => `r/${key}`), null]);
      expect(await keysOf({ name: 'r', prefix: 'a' })).toEqual([['r/a', 'r/a b', 'r/aa'], null]);
      expect(await keysOf({ name: 'r', prefix: '\u{1f600}' })).toEqual([['r/\u{1f600}'], null]);
      expect(await keysOf({ name: 'r', prefix: 'b' })).toEqual([[], null]);
    });

    it('are listed page by page, within a prefix and across registers', async () => {
      for (const key of ['a1', 'a2', 'b1']) await set(key, key);
      await set('x', 1, { name: 'q' });
      await set('x', 1, { name: '_q' });
      const two = { ...ALL, limit: 2 };
      const after = { name: 'r', key: 'a2' };
      expect(await keysOf({ name: 'r' }, two)).toEqual([['r/a1', 'r/a2'], 'limit']);
      expect(await keysOf({ name: 'r', after }, two)).toEqual([['r/b1'], null]);
      expect(await keysOf({ name: 'r', prefix: 'a' }, two)).toEqual([['r/a1', 'r/a2'], null]);
      expect(await keysOf({ name: 'r', prefix: 'a', after })).toEqual([[], null]);
      expect(await keysOf({}, two)).toEqual([['q/x', 'r/a1'], 'limit']);
      expect(await keysOf({ after: { name: 'r', key: 'a1' } })).toEqual([['r/a2', 'r/b1'], null]);
      expect(await keysOf({ hidden: true }, two)).toEqual([['_q/x', 'q/x'], 'limit']);
      expect(await keysOf({ name: '_q' })).toEqual([['_q/x'], null]);
    });

    it('are listed only as far as the bytes go, and never not at all', async () => {
      for (const key of ['a', 'b', 'c']) await set(key, 'x'.repeat(400));
      expect(await keysOf({ name: 'r' }, { limit: 9, most_bytes: 1000 })).toEqual([['r/a', 'r/b'], 'bytes']);
      expect(await keysOf({ name: 'r' }, { limit: 9, most_bytes: 1 })).toEqual([['r/a'], 'bytes']);
    });

    it('are full at last, until something smaller is there', async () => {
      const most_bytes = 2000;
      expect(await set('a', 'x'.repeat(900), { most_bytes })).toMatchObject({ version: 1 });
      expect(await set('b', 'x'.repeat(900), { most_bytes })).toMatchObject({ version: 1 });
      expect(await set('c', 1, { most_bytes })).toEqual({ kind: 'full' });
      expect(await set('b', 'x'.repeat(980), { most_bytes })).toEqual({ kind: 'full' });
      expect(await set('b', 'x', { most_bytes })).toMatchObject({ version: 2 });
      expect(await set('c', 'x'.repeat(700), { most_bytes })).toMatchObject({ version: 1 });
      await remove('a');
      expect(await set('d', 'x'.repeat(900), { most_bytes })).toMatchObject({ kind: 'written' });
    });

    it('are of one project, and go with it', async () => {
      const other = await newProject('other');
      await set('a', 'mine');
      await set('a', 'theirs', { project_id: other });
      expect(await get('a')).toMatchObject({ value: 'mine' });
      await data.store.deleteProject(project_id);
      expect(await get('a')).toBeUndefined();
      await expect(set('a', 'late')).rejects.toThrow();
      expect((await data.store.listRegisters(other, {}, ALL)).items).toHaveLength(1);
    });
  });
}
