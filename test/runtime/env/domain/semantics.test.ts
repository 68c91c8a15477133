import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DOMAIN_DATABASES } from '../../../support/domain-databases.ts';
import { SHOP } from '../../../support/domain-shop.ts';
import type { DomainTest } from '../../../support/domains.ts';

describe.each(DOMAIN_DATABASES)('a domain in %s', (_name, open) => {
  let shop: DomainTest;
  beforeAll(async () => {
    shop = await open(SHOP);
  });
  afterAll(() => shop.close());

  const ALL = [1, 2, 3, 4, 5, 6];

  type Row = [domain: unknown, ids: readonly number[]];

  const table = (rows: readonly Row[], model = 'res.partner') =>
    it.each(
      rows.map(([domain, ids]): [string, unknown, readonly number[]] => [
        JSON.stringify(domain),
        domain,
        ids,
      ]),
    )('%s', async (_, domain, ids) => {
      expect(await shop.find(model, domain)).toEqual(ids);
      expect(await shop.match(model, domain)).toEqual(ids);
    });

  describe('equality', () => {
    table([
      [[['name', '=', 'Azure']], [1]],
      [[['name', '=', 'azure']], []],
      [[['name', '!=', 'Azure']], [2, 3, 4, 5, 6]],
      [[['name', '<>', 'Azure']], [2, 3, 4, 5, 6]],
      [[['name', '=', false]], [5]],
      [[['name', '=', null]], [5]],
      [[['name', '=', undefined]], [5]],
      [[['name', '!=', false]], [1, 2, 3, 4, 6]],
      [
        ['!', ['name', '=', null]],
        [1, 2, 3, 4, 6],
      ],
      [[['ref', '=', '']], [2]],
      [[['age', '=', 0]], [2]],
      [[['age', '!=', 0]], [1, 3, 4, 5, 6]],
      [[['rate', '=', 0.1]], [1]],
      [[['rate', '=', 2 ** 60]], [4]],
      [[['name', '=?', 'Azure']], [1]],
      [[['name', '=?', false]], ALL],
      [[['name', '=?', null]], ALL],
      [[['id', '=', 3]], [3]],
      [[['id', '!=', 3]], [1, 2, 4, 5, 6]],
    ]);
  });

  describe('booleans', () => {
    table([
      [[['active', '=', true]], [1]],
      [[['active', '=', 1]], [1]],
      [[['active', '!=', true]], [2, 3, 4, 5, 6]],
      [[['active', '=', false]], [2, 3, 4, 5, 6]],
      [[['active', '=', null]], [2, 3, 4, 5, 6]],
      [[['active', '!=', false]], [1]],
      [[['active', 'in', [true]]], [1]],
      [[['active', 'in', [false]]], [2, 3, 4, 5, 6]],
      [[['active', 'in', [true, false]]], ALL],
      [[['active', 'not in', [true, false]]], []],
      [[['active', 'not in', [true]]], [2, 3, 4, 5, 6]],
      [[['active', '=?', false]], ALL],
    ]);
  });

  describe('lists', () => {
    table([
      [[['name', 'in', ['Azure', '😀', 'nobody']]], [1, 6]],
      [[['name', 'in', ['Azure', null]]], [1, 5]],
      [[['name', 'in', [false]]], [5]],
      [[['name', 'in', []]], []],
      [[['name', 'not in', []]], ALL],
      [[['name', 'not in', ['Azure']]], [2, 3, 4, 5, 6]],
      [[['name', 'not in', ['Azure', false]]], [2, 3, 4, 6]],
      [[['name', 'not in', [null]]], [1, 2, 3, 4, 6]],
      [['!', ['name', 'in', []]], ALL],
      [[['rate', 'in', [0.1, 2 ** 60]]], [1, 4]],
      [[['id', 'in', [1, 5, 77]]], [1, 5]],
    ]);
  });

  describe('text', () => {
    table([
      [[['name', 'like', 'azure']], [2]],
      [[['name', 'ilike', 'AZURE']], [1, 2]],
      [[['name', 'ilike', 'STRASSE']], [3]],
      [[['name', 'not like', 'azure']], [1, 3, 4, 5, 6]],
      [[['name', 'not ilike', 'azure']], [3, 4, 5, 6]],
      [[['name', 'like', '*[']], [4]],
      [[['ref', 'like', '%']], [1]],
      [[['ref', 'like', '_']], [3]],
      [[['name', 'like', '']], ALL],
      [[['name', 'ilike', '']], ALL],
      [[['name', 'not like', '']], [5]],
      [[['name', 'not ilike', '']], [5]],
      [[['ref', '=like', 'a_b']], [3, 4]],
      [[['ref', '=like', 'A_B']], []],
      [[['ref', '=ilike', 'A_B']], [3, 4]],
      [[['ref', '=like', 'a\\_b']], [3]],
      [[['ref', '=like', '100\\%']], [1]],
      [[['ref', '=like', '100%']], [1, 5]],
      [[['ref', '=like', '%']], [1, 2, 3, 4, 5]],
      [[['ref', '=like', '']], [2]],
      [[['ref', '=like', 'a_b\\']], []],
      [[['name', '=like', 'x*[y]?']], [4]],
      [[['name', '=like', 'x_[%]_']], [4]],
      [[['name', '=like', '_']], [6]],
      [[['name', '=like', '__']], []],
      [['!', ['name', '=like', '%']], [5]],
    ]);
  });

  describe('comparisons', () => {
    table([
      [[['age', '<', 5]], [2, 3]],
      [[['age', '<=', 5]], [1, 2, 3]],
      [[['age', '>', -3]], [1, 2]],
      [[['age', '>=', -3]], [1, 2, 3]],
      [
        ['!', ['age', '>=', -3]],
        [4, 5, 6],
      ],
      [[['age', '<', 0.5]], [2, 3]],
      [[['rate', '>=', 2 ** 60]], [4]],
      [[['rate', '>', 2 ** 60]], []],
      [[['name', '<', 'a']], [1, 3]],
      [[['name', '>', '\uffff']], [6]],
      [[['kind', '>=', 'a']], [5]],
      [[['id', '>', 4]], [5, 6]],
    ]);
  });

  describe('dates', () => {
    table([
      [[['born', '=', '2000-01-01']], [1]],
      [[['born', '=', '2000-01-01 23:59:59']], [1]],
      [[['born', '<', new Date('2000-01-01T05:00:00Z')]], [6]],
      [[['born', '<=', '2000-01-01T01:00:00+02:00']], [6]],
      [[['seen', '=', '2026-11-28 20:00:00']], [3]],
      [[['seen', '=', '2026-11-28T21:00:00+01:00']], [3]],
      [[['seen', '>', new Date('2026-11-28T20:00:00Z')]], [6]],
      [[['seen', '>', '2026-11-28']], []],
      [[['seen', '>', '2026-11-27']], [3, 6]],
      [[['seen', '<=', '2026-11-28']], [3, 6]],
      [[['seen', '>=', '2026-11-28']], [3, 6]],
      [[['seen', '<', '2026-11-28']], []],
      [[['seen', 'in', ['2026-11-28 20:00', null]]], [1, 2, 3, 4, 5]],
      [[['create_date', '=', '2026-01-02 10:00:00']], [2]],
      [[['create_date', 'in', ['2026-01-02 10:00:00', new Date(0)]]], [2, 4, 5, 6]],
      [[['create_date', '>', '2026-01-02 10:00:00']], [3]],
      [[['write_date', '=', new Date(0)]], ALL],
      [[['write_date', '=', null]], []],
    ]);
  });

  describe('users', () => {
    table([
      [[['create_uid', '=', 'Bob']], [2]],
      [[['create_uid', 'ilike', 'AD']], [1, 4, 5, 6]],
      [[['create_uid', '=', null]], [3]],
      [[['write_uid', 'in', ['Ada']]], ALL],
    ]);
  });

  describe('many2one', () => {
    table([
      [[['country_id', '=', 1]], [1]],
      [[['country_id', '=', { id: 1, name: 'Germany' }]], [1]],
      [[['country_id', '!=', 1]], [2, 3, 4, 5, 6]],
      [[['country_id', '=', false]], [3, 5, 6]],
      [[['country_id', 'in', [{ id: 2 }, 99, null]]], [2, 3, 4, 5, 6]],
      [[['country_id', '=', 'Germany']], [1]],
      [[['country_id', '!=', 'Germany']], [2, 3, 4, 5, 6]],
      [[['country_id', 'in', ['Germany', 99]]], [1, 4]],
      [[['country_id', 'not in', ['Germany', 99, false]]], [2]],
      [[['country_id', 'ilike', 'GERM']], [1]],
      [[['country_id', 'not ilike', 'GERM']], [2, 3, 4, 5, 6]],
      [[['country_id', '=ilike', 'g%y']], [1]],
      [[['parent_id', 'ilike', 'interior']], [3]],
      [[['agent_id', '=', 'x']], []],
      [[['agent_id', '!=', 'x']], ALL],
    ]);
  });

  describe('paths', () => {
    table([
      [[['country_id.code', '=', 'DE']], [1]],
      [[['country_id.code', '!=', 'DE']], [2, 3, 4, 5, 6]],
      [[['country_id.code', '=', null]], [3, 4, 5, 6]],
      [[['country_id.code', '!=', null]], [1, 2]],
      [[['country_id.name', '=', false]], [2, 3, 4, 5, 6]],
      [[['country_id.code', 'in', ['FR', false]]], [2, 3, 4, 5, 6]],
      [[['country_id.code', 'not in', ['FR', false]]], [1]],
      [[['country_id.region_id.name', '=', 'Europe']], [1]],
      [[['country_id.region_id.name', '=', null]], [2, 3, 4, 5, 6]],
      [[['country_id.region_id', '=', 2]], [2]],
      [[['country_id.region_id', 'ilike', 'euro']], [1]],
      [[['country_id.region_id.id', '>=', 1]], [1]],
      [[['parent_id.parent_id.name', '=', 'Azure']], [3]],
      [[['parent_id.active', '=', false]], [1, 3, 4, 5, 6]],
      [[['parent_id.create_uid', '=', 'Bob']], [3]],
      [[['parent_id.create_date', '<', '2026-01-02']], [2, 5, 6]],
      [[['agent_id.any.thing', '=', 5]], []],
      [[['agent_id.any.thing', '=', false]], ALL],
    ]);
  });

  describe('hierarchies', () => {
    table([
      [[['id', 'child_of', 1]], [1, 2, 3]],
      [[['id', 'child_of', [2, 4]]], [2, 3, 4]],
      [[['id', 'parent_of', 3]], [1, 2, 3]],
      [[['id', 'parent_of', [2, 4]]], [1, 2, 4]],
      [[['id', 'child_of', 5]], [5, 6]],
      [[['id', 'parent_of', 6]], [5, 6]],
      [[['parent_id', 'child_of', 2]], [3]],
      [[['parent_id', 'child_of', { id: 1 }]], [2, 3]],
      [[['parent_id', 'parent_of', 2]], [2, 3]],
      [[['parent_id.parent_id', 'child_of', 1]], [3]],
      [
        ['!', ['parent_id', 'child_of', 1]],
        [1, 4, 5, 6],
      ],
      [[['id', 'child_of', []]], []],
      [[['id', 'child_of', false]], []],
      [[['id', 'child_of', 77]], []],
      [[['country_id', 'child_of', 2]], [2]],
      [[['country_id', 'child_of', 99]], [4]],
      [[['agent_id', 'child_of', 5]], []],
    ]);
  });

  describe('json and binary', () => {
    table([
      [[['extra', '=', true]], [2]],
      [[['extra', '=', 1]], [3]],
      [[['extra', '=', '[1]']], [4]],
      [[['extra', 'in', [true, 1, '[1]']]], [2, 3, 4]],
      [[['extra', '!=', true]], [1, 3, 4, 5, 6]],
      [[['extra', '=', false]], [1, 6]],
      [[['extra', 'not in', [1, null]]], [2, 4, 5]],
      [[['image', '=', false]], [1, 2, 3, 5, 6]],
      [[['image', '!=', null]], [4]],
      [[['image', 'in', [false]]], [1, 2, 3, 5, 6]],
      [[['image', '=?', false]], ALL],
    ]);
  });

  describe('joined terms', () => {
    table([
      [[], ALL],
      [[[0, '=', 1]], []],
      [[[1, '=', 1]], ALL],
      [['!', [1, '=', 1]], []],
      [
        [
          ['active', '=', true],
          ['age', '>', 1],
        ],
        [1],
      ],
      [
        ['|', ['age', '=', 0], ['age', '=', 5]],
        [1, 2],
      ],
      [
        ['!', '|', ['age', '=', 0], ['age', '=', 5]],
        [3, 4, 5, 6],
      ],
      [
        ['!', '&', ['age', '>=', 0], ['name', 'like', 'A']],
        [2, 3, 4, 5, 6],
      ],
      [['!', '!', ['age', '>', 0]], [1]],
    ]);
  });

  describe('a model that nobody declared', () => {
    const none: number[] = [];
    table(
      [
        [[['nothing', '=', 'x']], none],
        [[['nothing', '!=', 5]], [1, 2]],
        [[['nothing', '=', null]], [1, 2]],
        [[['nothing', 'in', [1, 'x', false]]], [1, 2]],
        [[['nothing', 'not in', [1, 'x']]], [1, 2]],
        [[['nothing', '>', 5]], none],
        [[['nothing', '<', new Date(0)]], none],
        [[['nothing', '=', { id: 5 }]], none],
        [[['nothing', 'not ilike', 'x']], [1, 2]],
        [[['nothing', '=', false]], [1, 2]],
        [[['nothing_id.name', '!=', 'x']], [1, 2]],
        [[['nothing_id.name', '=', 'x']], none],
        [[['nothing_id', 'child_of', 1]], none],
        [[['id', 'child_of', 1]], [1]],
        [[['__proto__', '=', null]], [1, 2]],
        [[['constructor', '!=', null]], none],
      ],
      'res.country',
    );
  });
});

describe.each(DOMAIN_DATABASES)('long texts in %s', (_name, open) => {
  const LENGTHS = [297, 298, 299, 300, 301, 302];
  const texts = ['x', '😀'].flatMap((character) =>
    LENGTHS.flatMap((length) => [character.repeat(length), `${character.repeat(length)}é`]),
  );
  let shop: DomainTest;
  beforeAll(async () => {
    shop = await open({
      'x.text': { fields: { name: 'char!' }, records: texts.map((name) => ({ values: { name } })) },
    });
  });
  afterAll(() => shop.close());

  it.each(['=', '!=', '<', '<=', '>', '>=', 'like', 'ilike', '=like', '=ilike'])(
    'are told apart by "%s" to their ends',
    async (operator) => {
      for (const text of texts) {
        const domain = [['name', operator, text]];
        expect(await shop.find('x.text', domain)).toEqual(await shop.match('x.text', domain));
      }
    },
  );

  it('are told apart by "in" and in their order', async () => {
    for (const [index, text] of texts.entries())
      expect(await shop.find('x.text', [['name', 'in', ['short', text]]])).toEqual([index + 1]);
    const byCodePoints = texts
      .map((text, index) => ({ id: index + 1, bytes: Buffer.from(text) }))
      .sort((one, other) => Buffer.compare(one.bytes, other.bytes))
      .map(({ id }) => id);
    expect(await shop.find('x.text', [], 'name')).toEqual(byCodePoints);
    expect(await shop.find('x.text', [], 'name desc')).toEqual(byCodePoints.toReversed());
  });
});

describe.each(DOMAIN_DATABASES)('upper and lower case in %s', (_name, open) => {
  const user = (name: string) => JSON.stringify({ id: 'u', name });
  const records = [
    { create_uid: user('Zoë Maß'), write_uid: user('Ada'), values: { name: 'ﬃ ŉ ΐ' } },
    { create_uid: user('Ada'), write_uid: user('Zoë Maß'), values: { name: 'ascii' } },
  ];
  let shop: DomainTest;
  beforeAll(async () => {
    shop = await open({ 'x.text': { fields: { name: 'char' }, records } });
  });
  afterAll(() => shop.close());

  it.each<[unknown, readonly number[]]>([
    [[['create_uid', 'ilike', 'ZOË MASS']], [1]],
    [[['write_uid', 'ilike', 'zoë mas']], [2]],
    [[['create_uid', 'ilike', 'ADA']], [2]],
    [[['create_uid', 'like', 'zoë']], []],
    [[['name', 'ilike', 'FFI']], [1]],
    [[['name', '=ilike', '%ʼn%']], [1]],
    [[['name', 'ilike', 'ASCII']], [2]],
    [[['name', 'ilike', 'ı']], [1, 2]],
  ])('are alike where they are to be: %j', async (domain, ids) => {
    expect(await shop.find('x.text', domain)).toEqual(ids);
    expect(await shop.match('x.text', domain)).toEqual(ids);
  });
});
