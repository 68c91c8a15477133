import { expect, it } from 'vitest';
import { memoryLinks } from '../../../runtime/store/sqlite/memory-links.ts';

it('links in memory are kept for a project that is in no database, until they are closed', async () => {
  const links = memoryLinks();
  const refs = [
    ['a', '1'],
    ['b', '2'],
  ] as const;
  const link = { project_id: 'any', relation: 'r', model: null, refs, sync_date: 5, allow_many2many: false };
  await links.setLink({ ...link, most_links: 5, most_bytes: 5000 });
  const search = { relation: 'r', model: null, refs: [['a', ['1']]] } as const;
  const bounds = { limit: 5, most_bytes: 5000, most_read: 5 };
  expect(await links.searchLinks('any', search, bounds)).toMatchObject({
    items: [{ id: 1, refs }],
    over: null,
  });
  links.close();
  await expect(links.deleteLinks('any', [1])).rejects.toThrow('closed');
});
