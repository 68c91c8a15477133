import { beforeEach, describe, expect, it } from 'vitest';
import type { LinkSet, LinkWanted } from '../../../../runtime/store/link-store.ts';
import { deployWrite } from '../../../support/rows.ts';
import { freshStore, type OpenStore } from './harness.ts';

const BOUNDS = { limit: 10_000, most_bytes: 100_000_000, most_read: 50_000 };

/** As long as `runtime/links/bounds.ts` lets them be, of letters that take three bytes each and do not repeat. */
function longText(length: number, seed: number): string {
  let state = seed;
  return Array.from({ length }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return String.fromCharCode(0x4e00 + (state % 20_000));
  }).join('');
}

export function describeLinkReferences(open: OpenStore): void {
  describe('references of links', () => {
    const data = freshStore(open);
    let project_id = '';

    beforeEach(async () => {
      const loaded = await data.store.deploy(deployWrite({ triggers: [] }));
      project_id = loaded?.project.id ?? '';
    });

    const set = (changes: Pick<LinkSet, 'refs'> & Partial<LinkSet>) =>
      data.store.setLink({
        ...{ project_id, relation: 'r', model: null, sync_date: 5, allow_many2many: true },
        ...{ most_links: 100_000, most_bytes: 100_000_000 },
        ...changes,
      });
    const search = (
      refs: readonly LinkWanted[],
      changes: { relation?: string; bounds?: typeof BOUNDS } = {},
    ) =>
      data.store.searchLinks(
        project_id,
        { relation: changes.relation ?? 'r', model: null, refs },
        changes.bounds ?? BOUNDS,
      );

    it('may be as long as they like, in any script', async () => {
      const relation = longText(100, 1);
      const [one, two] = [longText(100, 2), longText(100, 3)].toSorted() as [string, string];
      const refs = (last: string): LinkSet['refs'] => [
        [one, `${longText(499, 4)}${last}`],
        [two, `${longText(499, 5)}${last}`],
      ];
      const model = longText(100, 6);
      for (const last of ['a', 'b'])
        expect(await set({ relation, refs: refs(last) })).toMatchObject({ kind: 'linked' });
      const again = await set({ relation, refs: refs('b'), allow_many2many: false });
      expect(again).toMatchObject({ kind: 'linked', link: { id: 2 } });
      const crossed: LinkSet['refs'] = [refs('a')[0], refs('b')[1]];
      expect(await set({ relation, refs: crossed, allow_many2many: false })).toMatchObject({ kind: 'taken' });
      const found = await search([[one, [refs('b')[0][1]]]], { relation });
      expect(found.items.map(({ id }) => id)).toEqual([2]);

      const record: LinkSet['refs'] = [
        ['external', longText(500, 7)],
        ['odoo', longText(400, 8)],
      ];
      expect(await set({ relation, model, refs: record })).toMatchObject({
        kind: 'linked',
        link: { refs: record },
      });
      const filter = { relation, model, system: 'odoo', reference: record[1][1] };
      const listed = await data.store.listLinks(project_id, filter, { limit: 9, before: undefined });
      expect(listed.items.map(({ refs: tied }) => tied)).toEqual([record]);
    });

    it('are found among many, of which one has thousands of links', async () => {
      const hub = Array.from({ length: 5_200 }, (_, n) => n);
      const links: LinkSet['refs'][] = hub.map((n) => [
        ['github', 'hub'],
        ['trello', `t${n}`],
      ]);
      const few = ['1', '2', '3'];
      for (const one of few)
        links.push([
          ['github', one],
          ['trello', `of ${one}`],
        ]);
      await Promise.all(links.map((refs) => set({ refs })));

      const all = await search([['github', ['1', 'nobody', 'hub', '3']]]);
      expect([all.items.length, all.over]).toEqual([hub.length + 2, null]);
      expect(all.items.map(({ id }) => id)).toEqual(all.items.map(({ id }) => id).toSorted((a, b) => a - b));
      const bounded = await search([['github', ['1', 'hub']]], { bounds: { ...BOUNDS, limit: 5_000 } });
      expect(bounded.over).toBe('links');
      const wanted = Array.from({ length: 700 }, (_, n) => `of ${n}`);
      expect((await search([['trello', wanted]])).items.map(({ refs: [[, one]] }) => one)).toEqual(few);
      const pairs = await search([
        ['trello', wanted],
        ['github', [...few.slice(1), ...wanted]],
      ]);
      expect(pairs.items.map(({ refs: [[, one]] }) => one)).toEqual(few.slice(1));
    });
  });
}
