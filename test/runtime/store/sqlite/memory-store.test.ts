import { expect, it } from 'vitest';
import { openMemoryStore } from '../../../../runtime/store/sqlite/open.ts';

it('a store in memory keeps what belongs to a project that is in no database, until it is closed', async () => {
  const store = openMemoryStore();
  const refs = [
    ['a', '1'],
    ['b', '2'],
  ] as const;
  const link = { project_id: 'any', relation: 'r', model: null, refs, sync_date: 5, allow_many2many: false };
  await store.setLink({ ...link, most_links: 5, most_bytes: 5000 });
  const place = { project_id: 'any', name: 'r', key: 'k' };
  await store.incrementRegister({ ...place, by: 2, at: 5, most_bytes: 5000 });
  const search = { relation: 'r', model: null, refs: [['a', ['1']]] } as const;
  const bounds = { limit: 5, most_bytes: 5000, most_read: 5 };
  expect(await store.searchLinks('any', search, bounds)).toMatchObject({ items: [{ id: 1, refs }] });
  expect(await store.getRegister(place)).toMatchObject({ version: 1 });
  await store.close();
  await expect(store.deleteLinks('any', [1])).rejects.toThrow('closed');
});
