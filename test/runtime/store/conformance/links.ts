import { beforeEach, describe, expect, it } from 'vitest';
import type {
  LinkRow,
  LinkSearch,
  LinkSet,
  LinkWanted,
  LinkWritten,
} from '../../../../runtime/store/link-store.ts';
import { deployWrite } from '../../../support/rows.ts';
import { freshStore, type OpenStore } from './harness.ts';

const BOUNDS = { limit: 1000, most_bytes: 1_000_000, most_read: 10_000 };

export function describeLinks(open: OpenStore): void {
  describe('links', () => {
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

    const set = (refs: LinkSet['refs'], changes: Partial<LinkSet> = {}): Promise<LinkWritten> =>
      data.store.setLink({
        ...{ project_id, relation: 'r', model: null, refs, sync_date: 5, allow_many2many: false },
        ...{ most_links: 1000, most_bytes: 1_000_000 },
        ...changes,
      });
    const setRecord = (id: string, external: string, changes: Partial<LinkSet> = {}) =>
      set(
        [
          ['external', external],
          ['odoo', id],
        ],
        { model: 'res.partner', ...changes },
      );
    const setPair = (github: string, trello: string, changes: Partial<LinkSet> = {}) =>
      set(
        [
          ['github', github],
          ['trello', trello],
        ],
        changes,
      );

    const search = (wanted: readonly LinkWanted[], changes: Partial<LinkSearch> = {}, bounds = BOUNDS) =>
      data.store.searchLinks(project_id, { relation: 'r', model: null, refs: wanted, ...changes }, bounds);
    const pairOf = ({ refs: [a, b] }: LinkRow) => `${a[1]}-${b[1]}`;
    const pairs = async (...args: Parameters<typeof search>) => {
      const { items, over } = await search(...args);
      return over ?? items.map(pairOf);
    };
    const kinds = (written: readonly LinkWritten[]) => written.map(({ kind }) => kind);
    const idOf = (written: LinkWritten) => (written.kind === 'full' ? 0 : written.link.id);

    it('come back as they were set, also after a start', async () => {
      const written = await setRecord('5', 'é/1,2');
      const refs = [
        ['external', 'é/1,2'],
        ['odoo', '5'],
      ];
      const link = { id: 1, project_id, relation: 'r', model: 'res.partner', refs, sync_date: 5 };
      expect(written).toEqual({ kind: 'linked', link });
      expect(await data.store.findLink(1)).toEqual(link);
      expect(await (await data.reopen()).findLink(1)).toEqual(link);
      expect(await data.store.findLink(2)).toBeUndefined();
    });

    it('that are there already are used again, with the new date', async () => {
      await setPair('1', '101', { model: 'issue' });
      const again = await setPair('1', '101', { sync_date: 9 });
      expect(again).toMatchObject({ kind: 'linked', link: { id: 1, model: 'issue', sync_date: 9 } });
      expect((await search([['github', null]])).items).toEqual(again.kind === 'linked' ? [again.link] : []);
    });

    it('are refused when one of the two references has another one, and say by which link', async () => {
      await setRecord('5', 'x');
      await setPair('1', '101');
      const refused = await Promise.all([
        setRecord('5', 'y'),
        setRecord('6', 'x'),
        setPair('1', '102'),
        setPair('2', '101', { model: 'issue' }),
      ]);
      expect(kinds(refused)).toEqual(['taken', 'taken', 'taken', 'taken']);
      expect(refused.map(idOf)).toEqual([1, 1, 2, 2]);
    });

    it('of other relations, models and systems do not stand in the way', async () => {
      await setRecord('5', 'x');
      await setPair('1', '101');
      const written = await Promise.all([
        setRecord('5', 'y', { relation: 'other' }),
        setRecord('5', 'y', { model: 'sale.order' }),
        setRecord('6', 'x', { model: 'res.partner.bank' }),
        setRecord('7', 'x', { model: 'res' }),
        set([
          ['github', '1'],
          ['jira', '7'],
        ]),
        set([
          ['github', 'x'],
          ['trello', '5'],
        ]),
      ]);
      expect(new Set(kinds(written))).toEqual(new Set(['linked']));
    });

    it('with allow_many2many tie any references together', async () => {
      const many = { allow_many2many: true };
      for (const [one, other] of [
        ['1', 'a'],
        ['1', 'b'],
        ['2', 'a'],
        ['1', 'a'],
      ] as const) {
        expect(await setPair(one, other, many)).toMatchObject({ kind: 'linked' });
      }
      expect(
        await pairs([
          ['github', null],
          ['trello', null],
        ]),
      ).toEqual(['1-a', '1-b', '2-a']);
      expect(await setPair('1', 'a')).toMatchObject({ kind: 'linked', link: { id: 1 } });
      expect(await setPair('2', 'b')).toMatchObject({ kind: 'taken' });
    });

    it('let one of two writers win who want one reference at once', async () => {
      const both = await Promise.all([setPair('1', 'a'), setPair('1', 'b'), setPair('2', 'a')]);
      expect(kinds(both)).toEqual(['linked', 'taken', 'taken']);
    });

    it('are found by one system, by two, by model, in the order of their ids', async () => {
      for (const [one, other] of [
        ['3', 'c'],
        ['1', 'a'],
        ['2', 'b'],
      ] as const)
        await setPair(one, other);
      await setRecord('1', 'a', { model: 'm.one' });
      await setRecord('1', 'b', { model: 'm.two' });
      expect(await pairs([['github', ['1', '3', '1', '9']]])).toEqual(['3-c', '1-a']);
      expect(await pairs([['trello', ['b']]])).toEqual(['2-b']);
      expect(
        await pairs([
          ['github', ['1', '2']],
          ['trello', null],
        ]),
      ).toEqual(['1-a', '2-b']);
      expect(
        await pairs([
          ['trello', ['a', 'b']],
          ['github', ['2', '3']],
        ]),
      ).toEqual(['2-b']);
      expect(
        await pairs([
          ['trello', null],
          ['github', null],
        ]),
      ).toEqual(['3-c', '1-a', '2-b']);
      expect(
        await pairs([
          ['github', null],
          ['jira', null],
        ]),
      ).toEqual([]);
      expect(await pairs([['github', []]])).toEqual([]);
      expect(await pairs([['odoo', ['1']]])).toEqual(['a-1', 'b-1']);
      expect(await pairs([['odoo', ['1']]], { model: 'm.two' })).toEqual(['b-1']);
      expect(
        await pairs(
          [
            ['odoo', ['1', '2']],
            ['external', ['a']],
          ],
          { model: 'm.one' },
        ),
      ).toEqual(['a-1']);
      expect(
        await pairs([
          ['odoo', ['2']],
          ['external', ['a']],
        ]),
      ).toEqual([]);
      expect(await pairs([['external', ['a', 'b']]])).toEqual(['a-1', 'b-1']);
      expect(await pairs([['github', null]], { relation: 'other' })).toEqual([]);
      expect(await pairs([['github', ['1']]], { model: 'issue' })).toEqual([]);
    });

    it('are found among many pairs too', async () => {
      await Promise.all(Array.from({ length: 120 }, (_, n) => setPair(`${n}`, `t${n}`)));
      const all = Array.from({ length: 120 }, (_, n) => n);
      const wanted = [
        ['github', all.map(String)],
        ['trello', all.slice(7).map((n) => `t${n}`)],
      ] as const;
      expect(await pairs(wanted)).toHaveLength(113);
      expect(await pairs([...wanted].reverse())).toHaveLength(113);
    });

    it('are found only up to the bounds', async () => {
      const many = { allow_many2many: true };
      for (let n = 0; n < 6; n++) await setPair('1', `t${n}`, many);
      const all: readonly LinkWanted[] = [['github', null]];
      const one: readonly LinkWanted[] = [['github', ['1']]];
      for (const wanted of [all, one]) {
        expect(await pairs(wanted, {}, { ...BOUNDS, limit: 6 })).toHaveLength(6);
        expect(await pairs(wanted, {}, { ...BOUNDS, limit: 5 })).toBe('links');
        expect(await pairs(wanted, {}, { ...BOUNDS, most_read: 5 })).toBe('links');
        expect(await pairs(wanted, {}, { ...BOUNDS, most_bytes: 500 })).toBe('bytes');
      }
      const bounds = { ...BOUNDS, limit: 1, most_read: 1 };
      expect(
        await pairs(
          [
            ['github', ['1']],
            ['trello', ['t5']],
          ],
          {},
          bounds,
        ),
      ).toEqual(['1-t5']);
    });

    it('are given by id, dated and deleted, those of the project only', async () => {
      const other = await newProject('other');
      const mine = idOf(await setPair('1', 'a'));
      const theirs = idOf(await setPair('1', 'a', { project_id: other }));
      const { items } = await data.store.getLinks(project_id, [99, theirs, mine], BOUNDS);
      expect(items).toMatchObject([{ id: mine }]);
      expect(await data.store.updateLinks(project_id, [99, theirs, mine], 77)).toEqual([mine]);
      expect(await data.store.findLink(mine)).toMatchObject({ sync_date: 77 });
      expect(await data.store.findLink(theirs)).toMatchObject({ sync_date: 5 });
      expect(await data.store.deleteLinks(project_id, [theirs, mine, 99])).toEqual([mine]);
      expect(await data.store.findLink(mine)).toBeUndefined();
      expect(await setPair('1', 'b')).toMatchObject({ kind: 'linked', link: { id: theirs + 1 } });
    });

    it('are listed newest first, page by page, by each filter', async () => {
      for (let n = 0; n < 5; n++) await setPair(`${n}`, `t${n}`);
      await setRecord('3', 'x', { relation: 'q' });
      const ids = async (filter: Parameters<typeof data.store.listLinks>[1], limit = 50, before?: number) => {
        const { items, next } = await data.store.listLinks(project_id, filter, { limit, before });
        return [items.map(({ id }) => id), next];
      };
      expect(await ids({})).toEqual([[6, 5, 4, 3, 2, 1], null]);
      expect(await ids({}, 2)).toEqual([[6, 5], 5]);
      expect(await ids({}, 4, 5)).toEqual([[4, 3, 2, 1], null]);
      expect(await ids({ relation: 'r' }, 2)).toEqual([[5, 4], 4]);
      expect(await ids({ model: 'res.partner' })).toEqual([[6], null]);
      expect(await ids({ system: 'trello', reference: 't1' })).toEqual([[2], null]);
      expect(await ids({ relation: 'r', system: 'trello', reference: 't1' })).toEqual([[2], null]);
      expect(await ids({ relation: 'q', system: 'odoo', reference: '3' })).toEqual([[6], null]);
      const record = { relation: 'q', model: 'res.partner', system: 'odoo', reference: '3' };
      expect(await ids(record)).toEqual([[6], null]);
      expect(await ids(record, 5, 6)).toEqual([[], null]);
      expect(await ids({ ...record, reference: '4' })).toEqual([[], null]);
    });

    it('are full at last, until one is deleted', async () => {
      const few = { most_links: 2 };
      await setPair('1', 'a', few);
      await setPair('2', 'b', few);
      expect(await setPair('3', 'c', few)).toEqual({ kind: 'full' });
      expect(await setPair('1', 'a', few)).toMatchObject({ kind: 'linked' });
      await data.store.deleteLinks(project_id, [1, 1]);
      expect(await setPair('3', 'c', few)).toMatchObject({ kind: 'linked' });
      expect(await setPair('4', 'd', { most_bytes: 300 })).toEqual({ kind: 'full' });
    });

    it('are of one project, and go with it', async () => {
      const other = await newProject('other');
      await Promise.all(Array.from({ length: 600 }, (_, n) => setPair(`${n}`, `t${n}`)));
      const theirs = idOf(await setPair('1', 't1', { project_id: other }));
      await data.store.deleteProject(project_id);
      expect((await search([['github', null]])).items).toEqual([]);
      await expect(setPair('9', 'late')).rejects.toThrow();
      expect(await data.store.findLink(theirs)).toBeDefined();
    });
  });
}
