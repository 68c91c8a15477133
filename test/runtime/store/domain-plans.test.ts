import { afterAll, describe, expect, it } from 'vitest';
import { openDomainTest } from '../../support/domains.ts';

const shop = openDomainTest({
  'res.partner': {
    fields: {
      ref: 'char!',
      age: 'integer!',
      name: 'char',
      active: 'boolean!',
      data: 'json!',
      parent_id: 'many2one res.partner!',
      country_id: 'many2one res.country!',
    },
    records: [{ values: {} }],
  },
  'res.country': { fields: { code: 'char!' }, records: [{ values: {} }] },
});
afterAll(() => shop.close());

const plan = (domain: unknown) => shop.plan('res.partner', domain);

describe('the index on a field is used', () => {
  it.each<[string, unknown]>([
    ['records_1_ref (<expr>=?)', [['ref', '=', 'x']]],
    ['records_1_ref (<expr>=?)', [['ref', '=', false]]],
    ['records_1_ref (<expr>=?)', [['ref', 'in', ['x', 'y']]]],
    ['records_1_ref (<expr>=?)', [['ref', 'in', ['x', null]]]],
    ['records_1_ref (<expr>>?)', [['ref', '>', 'x']]],
    ['records_1_age (<expr>=?)', [['age', '=', 5]]],
    ['records_1_age (<expr>=?)', [['age', '=', 0.5]]],
    [
      'records_1_age (<expr>>? AND <expr><?)',
      [
        ['age', '>=', 5],
        ['age', '<', 9],
      ],
    ],
    [
      'records_1_ref (<expr>=?)',
      [
        ['name', '=', 'y'],
        ['ref', '=', 'x'],
        ['name', '!=', 'z'],
      ],
    ],
    ['records_1_ref (<expr>=?)', ['|', ['ref', '=', 'x'], ['age', '=', 5]]],
    ['records_1_age (<expr>=?)', ['|', ['ref', '=', 'x'], ['age', '=', 5]]],
    ['records_1_active (<expr>=?)', [['active', '=', true]]],
    ['records_1_data (<expr>=?)', [['data', 'in', ['x', 5]]]],
    ['records_1_country_id (<expr>=?)', [['country_id', '=', 5]]],
    ['records_1_country_id (<expr>=?)', [['country_id.code', '=', 'DE']]],
    ['records_2_code (<expr>=?)', [['country_id.code', '=', 'DE']]],
    ['records_1_parent_id (<expr>=?)', [['parent_id.parent_id', 'in', [5]]]],
    ['records_1_parent_id (<expr>=?)', [['id', 'child_of', 5]]],
    ['r USING INTEGER PRIMARY KEY (rowid=?)', [['id', 'child_of', 5]]],
    ['r USING INTEGER PRIMARY KEY (rowid=?)', [['id', 'parent_of', 5]]],
    ['r USING INTEGER PRIMARY KEY (rowid=?)', [['id', '=', 5]]],
    ['r USING INTEGER PRIMARY KEY (rowid=?)', [['id', 'in', [5, 6]]]],
    ['r USING INTEGER PRIMARY KEY (rowid>?)', [['id', '>', 5]]],
  ])('%s by %j', async (index, domain) => {
    const found = await plan(domain);
    expect(found).toContain(index);
    expect(found).not.toContain('SCAN r');
  });
});

describe('the SQL of a domain', () => {
  const HOSTILE = [
    `x' OR 1=1--`,
    `"; DROP TABLE records_1; --`,
    '?',
    ':a',
    '$."ref"',
    `') --`,
    'x%_*[',
    '\0',
    '😀',
  ];

  it('never holds a value, and its values are found again as they are', async () => {
    for (const text of HOSTILE) {
      for (const operator of ['=', '!=', '<', '>=', 'like', 'not ilike', '=like', '=ilike']) {
        const hostile = await shop.sql('res.partner', [['ref', operator, text]]);
        const tame = await shop.sql('res.partner', [['ref', operator, 'tame']]);
        expect(hostile.sql).toBe(tame.sql);
        await shop.find('res.partner', [['ref', operator, text]]);
      }
      const { sql } = await shop.sql('res.partner', [
        '|',
        ['data', 'in', [text, 1]],
        ['country_id.code', 'in', [text]],
      ]);
      expect(sql).not.toContain(text.length > 1 ? text : '\uFFFD');
    }
    expect(shop.db.prepare('SELECT count(*) FROM records_1').pluck().get()).toBe(1);
  });

  it('refuses names that could be more than names', async () => {
    for (const name of [`a"`, `a'`, 'a b', 'a;', 'ä', '$', 'a.b c']) {
      await expect(shop.sql('res.partner', [[name, '=', 1]])).rejects.toMatchObject({
        name: 'ValidationError',
      });
    }
  });

  it('is small enough for SQLite at the bounds of a domain', async () => {
    const path = 'parent_id.parent_id.parent_id.parent_id.parent_id.ref';
    const terms = Array.from({ length: 200 }, (_, index) => [path, 'not in', [`x${index}`, false]]);
    expect(await shop.find('res.partner', terms)).toEqual([]);
    const deep = Array.from({ length: 99 }, (_, index) => [
      index % 2 === 0 ? '|' : '&',
      [path, '=', false],
    ]).flat();
    expect(await shop.find('res.partner', [...deep, ['ref', '=', 'x']])).toEqual([1]);
    expect(await shop.find('res.partner', [...Array(100).fill('!'), [path, '=', false]])).toEqual([1]);
    const most = Array.from({ length: 10_000 }, (_, index) => index);
    expect(await shop.find('res.partner', [['age', 'in', most]])).toEqual([]);
    expect(await shop.find('res.partner', [['ref', '=ilike', 'ΐ*'.repeat(500)]])).toEqual([]);
  });
});
