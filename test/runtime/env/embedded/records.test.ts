import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CalledEnv, calledEnv, recordDeps, refusedWith, row } from '../../../support/records.ts';
import { type OpenedStore, TEST_STORES } from '../../../support/stores.ts';

describe.each(TEST_STORES)('records in %s', (_name, openStore) => {
  let opened: OpenedStore;
  let env: CalledEnv;
  beforeAll(async () => {
    opened = await openStore();
    env = calledEnv(recordDeps(opened.store));
  });
  afterAll(() => opened.close());

  const create = (model: string, ...rows: readonly Readonly<Record<string, unknown>>[]) =>
    env.records('env.create', model, rows.map(row));
  const search = (model: string, domain: unknown, options = {}) =>
    env.records('env.search', model, domain, options);

  describe('a record', () => {
    it('has an id, its values, null for what has none, and who made it when', async () => {
      const before = Date.now();
      const [partner] = await create('res.partner', { name: 'Ada', ref: 'a@telegram' });
      expect(partner).toMatchObject({
        name: 'Ada',
        ref: 'a@telegram',
        email: null,
        parent_id: null,
        active: true,
      });
      expect(partner).toMatchObject({
        create_uid: { id: '7', name: 'Ada' },
        write_uid: { id: '7', name: 'Ada' },
      });
      expect(Number(partner?.create_date)).toBeGreaterThanOrEqual(before);
      expect(partner).not.toHaveProperty('image_1920');
    });

    it('refers to another one by its id, and is read with its name', async () => {
      const [company] = await create('res.partner', { name: 'Analytical Engines' });
      const [person] = await create('res.partner', { name: 'Ada', parent_id: company?.id });
      expect(person?.parent_id).toEqual({ id: company?.id, name: 'Analytical Engines' });
      const [again] = await env.records('env.create', 'res.partner', [
        [['parent_id', 'record', { model: 'res.partner', id: company?.id }]],
      ]);
      expect(again?.parent_id).toEqual({ id: company?.id, name: 'Analytical Engines' });
      await env.call('env.unlink', 'res.partner', [company?.id]);
      const [orphan] = await env.records('env.read', 'res.partner', [person?.id], null);
      expect(orphan?.parent_id).toBeNull();
    });

    it('keeps dates, times, bytes and nested data as what they are', async () => {
      const at = new Date('2026-11-28T20:00:00.123Z');
      const bytes = new Uint8Array([0, 1, 255]);
      const [made] = await create('x.kinds', { at, bytes, data: { a: [1, { b: null }] }, yes: true, n: 1.5 });
      expect(made).toMatchObject({ at, data: { a: [1, { b: null }] }, yes: true, n: 1.5 });
      expect(made).not.toHaveProperty('bytes');
      const [read] = await env.records('env.read', 'x.kinds', [made?.id], ['bytes']);
      expect(read).toEqual({ id: made?.id, bytes });
    });

    it('takes base64 for a binary field, as Odoo sends it', async () => {
      const [made] = await create('res.partner', { image_1920: 'aGVsbG8=' });
      const [read] = await env.records('env.read', 'res.partner', [made?.id], ['image_1920']);
      expect(Buffer.from(read?.image_1920 as Uint8Array).toString()).toBe('hello');
      await env.call('env.write', 'res.partner', [made?.id], row({ image_1920: null }));
      const [gone] = await env.records('env.read', 'res.partner', [made?.id], ['image_1920']);
      expect(gone?.image_1920).toBeNull();
    });

    it('is changed by a write, which answers with what it wrote', async () => {
      const [made] = await create('x.order', { state: 'draft', total: 1 });
      const [written] = await env.records(
        'env.write',
        'x.order',
        [made?.id],
        row({ state: 'done', note: 'n' }),
      );
      expect(written).toMatchObject({ id: made?.id, state: 'done', note: 'n' });
      expect(written).not.toHaveProperty('total');
      expect(await search('x.order', [['state', '=', 'done']])).toMatchObject([{ total: 1, note: 'n' }]);
    });

    it('never gets the id of one that was deleted', async () => {
      const [one] = await create('x.ids', { a: 1 });
      await env.call('env.unlink', 'x.ids', [one?.id]);
      const [other] = await create('x.ids', { a: 1 });
      expect(other?.id).toBe(Number(one?.id) + 1);
    });
  });

  describe('what cannot be is refused by a sentence that names it', () => {
    it.each([
      [
        'env.create',
        ['res.partner', [row({ name: 5 })]],
        'ValidationError: res.partner.name takes text, not 5.',
      ],
      [
        'env.create',
        ['res.partner', [row({ parent_id: 999_999 })]],
        'ValidationError: res.partner.parent_id cannot be 999999: there is no res.partner(999999).',
      ],
      ['env.create', ['No Model', [row({})]], 'is no name of a model'],
      ['env.create', ['res.partner', [row({ 'a"b': 1 })]], 'is no name of a field'],
      ['env.create', ['res.partner', [row({ id: 5 })]], 'id of res.partner is kept by Sluice'],
      [
        'env.write',
        ['res.partner', [888_888], row({ name: 'x' })],
        'MissingError: res.partner(888888) does not exist',
      ],
      ['env.read', ['res.partner', ['x'], null], 'is no id of a record of res.partner'],
      ['env.search', ['res.partner', [['name', '~', 'x']], {}], 'ValidationError'],
      ['env.search', ['res.partner', [['create_date', '>', 'soon']], {}], 'create_date'],
      ['env.search', ['res.partner', [], { sort: 'id' }], 'search has no option "sort"'],
      ['env.search', ['res.partner', [], { limit: -1 }], 'limit takes a whole number'],
      ['env.search', ['res.partner', [], { order: 'name; drop' }], 'is no part of an order'],
      [
        'env.call',
        ['res.partner', null, 'action_confirm', [], {}],
        'has no method "action_confirm" on the embedded',
      ],
      ['env.message_post', ['res.partner', [888_888], { body: 'x' }], 'MissingError'],
      ['env.message_post', ['res.partner', [1], {}], 'message_post takes {body'],
    ])('%s %j', async (operation, args, message) => {
      expect(await refusedWith(env.call(operation, ...args))).toContain(message);
    });

    it('a value of another kind than the first one of its field', async () => {
      await create('x.learned', { qty: 1 });
      expect(await refusedWith(create('x.learned', { qty: 'two' }))).toBe(
        'ValidationError: x.learned.qty takes a number, as its first value was such a one, not "two".',
      );
    });

    it('nothing of a list of which one is wrong is written', async () => {
      expect(await refusedWith(create('x.whole', { a: 1 }, { a: 'b' }))).toContain('ValidationError');
      expect(await env.call('env.search_count', 'x.whole', [])).toBe(0);
    });
  });

  describe('archived records', () => {
    it('are found by domains that speak of "active" only, where their model has declared it', async () => {
      await create('res.partner', { name: 'gone fishing', active: false });
      expect(await search('res.partner', [['name', '=', 'gone fishing']])).toEqual([]);
      expect(
        await search('res.partner', [
          ['name', '=', 'gone fishing'],
          ['active', '=', false],
        ]),
      ).toHaveLength(1);
      await create('x.open', { name: 'n', active: false });
      expect(await search('x.open', [])).toHaveLength(1);
    });
  });

  describe('message_post', () => {
    it('makes a message about each record, which is a record itself', async () => {
      const partners = await create('res.partner', { name: 'a' }, { name: 'b' });
      const ids = partners.map(({ id }) => id);
      const messages = await env.records('env.message_post', 'res.partner', ids, { body: '<p>Hi</p>' });
      expect(messages).toMatchObject(
        ids.map((id) => ({ model: 'res.partner', res_id: id, body: '<p>Hi</p>', author: 'Ada' })),
      );
      expect(await search('mail.message', [['res_id', 'in', ids]])).toHaveLength(2);
    });
  });

  describe('call', () => {
    it('knows what clients of Odoo call most', async () => {
      const id = await env.call('env.call', 'x.called', null, 'create', [{ name: 'n', n: 1 }], {});
      expect(await env.call('env.call', 'x.called', null, 'search', [[['name', '=', 'n']]], {})).toEqual([
        id,
      ]);
      expect(await env.call('env.call', 'x.called', [id], 'write', [{ n: 2 }], {})).toBe(true);
      expect(await env.call('env.call', 'x.called', null, 'search_read', [[], ['n']], { limit: 5 })).toEqual([
        { id, n: 2 },
      ]);
      expect(await env.call('env.call', 'x.called', null, 'search_count', [[]], {})).toBe(1);
      expect(await env.call('env.call', 'x.called', null, 'read', [[id], ['name']], {})).toEqual([
        { id, name: 'n' },
      ]);
      expect(await env.call('env.call', 'x.called', null, 'unlink', [[id]], {})).toBe(true);
    });
  });

  describe('writers at the same time', () => {
    it('each change a record: none is lost', async () => {
      const [made] = await create('x.counted', { n: 0 });
      const names = Array.from({ length: 20 }, (_, index) => `f${index}`);
      await Promise.all(
        names.map((name) => env.call('env.write', 'x.counted', [made?.id], row({ [name]: 1 }))),
      );
      const [read] = await env.records('env.read', 'x.counted', [made?.id], null);
      expect(names.filter((name) => read?.[name] === 1)).toEqual(names);
    });
  });
});
