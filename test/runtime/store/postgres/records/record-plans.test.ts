import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDomain } from '../../../../../runtime/env/domain/parse-domain.ts';
import { indexName } from '../../../../../runtime/store/postgres/records/tables.ts';
import { field } from '../../../../support/domains.ts';
import { openPostgresDomainTest, type PostgresDomainTest } from '../../../../support/postgres/domains.ts';

const PARTNER = {
  ref: 'char!',
  age: 'integer!',
  born: 'date!',
  name: 'char',
  active: 'boolean!',
  parent_id: 'many2one res.partner!',
  country_id: 'many2one res.country!',
};
const COUNTRY = { code: 'char!' };
const PARTNERS = 6000;
const COUNTRIES = 200;

let shop: PostgresDomainTest;
beforeAll(async () => {
  shop = await openPostgresDomainTest({
    'res.partner': {
      fields: PARTNER,
      records: Array.from({ length: PARTNERS }, (_, n) => ({
        write_date: n,
        values: {
          ref: `R${(n * 7919) % PARTNERS}`,
          age: (n * 104_729) % PARTNERS,
          born: new Date(Date.UTC(1950, 0, 1 + n)).toISOString().slice(0, 10),
          name: `Partner ${n} of whom more is known than this`,
          ...(n % 100 === 0 ? { active: false } : {}),
          ...(n > 0 ? { parent_id: Math.floor((n + 9) / 10) } : {}),
          country_id: 1 + (n % COUNTRIES),
        },
      })),
    },
    'res.country': {
      fields: COUNTRY,
      records: Array.from({ length: COUNTRIES }, (_, n) => ({ values: { code: `C${n}` } })),
    },
  });
}, 60_000);
afterAll(() => shop.close());

const fieldIndex = (name: keyof typeof PARTNER) => indexName(1, field(name, PARTNER[name]));
const CODE = indexName(2, field('code', COUNTRY.code));

describe('the index on a field is used', () => {
  it.each<[string, unknown, string?]>([
    [fieldIndex('ref'), [['ref', '=', 'R5']]],
    [fieldIndex('ref'), [['ref', '=', 'x'.repeat(400)]]],
    [fieldIndex('ref'), [['ref', '=', false]]],
    [fieldIndex('ref'), [['ref', 'in', ['R5', 'R6']]]],
    [fieldIndex('ref'), [['ref', 'in', ['R5', 'x'.repeat(400)]]]],
    [fieldIndex('ref'), [['ref', 'in', ['R5', null]]]],
    [fieldIndex('ref'), [['ref', '>', 'R9998']]],
    [fieldIndex('ref'), [['ref', '>=', `R${'9'.repeat(400)}`]]],
    [fieldIndex('age'), [['age', '=', 5]]],
    [fieldIndex('age'), [['age', '=', 0.5]]],
    [
      fieldIndex('age'),
      [
        ['age', '>=', 5],
        ['age', '<', 9],
      ],
    ],
    [fieldIndex('born'), [['born', '<', '1950-01-03']]],
    [
      fieldIndex('ref'),
      [
        ['name', '=', 'y'],
        ['ref', '=', 'R5'],
        ['name', '!=', 'z'],
      ],
    ],
    [fieldIndex('ref'), ['|', ['ref', '=', 'R5'], ['age', '=', 5]]],
    [fieldIndex('age'), ['|', ['ref', '=', 'R5'], ['age', '=', 5]]],
    [fieldIndex('country_id'), [['country_id', '=', 5]]],
    [fieldIndex('country_id'), [['country_id.code', '=', 'C5']]],
    [CODE, [['country_id.code', '=', 'C5']]],
    [fieldIndex('parent_id'), [['parent_id.parent_id', 'in', [5]]]],
    [fieldIndex('parent_id'), [['id', 'child_of', 590]]],
    ['records_1_pkey', [['id', 'child_of', 590]]],
    ['records_1_pkey', [['id', 'parent_of', 5]]],
    ['records_1_pkey', [['id', '=', 5]]],
    ['records_1_pkey', [['id', 'in', [5, 6]]]],
    ['records_1_pkey', [['id', '>', 5990]]],
    ['records_1_write_date', [['write_date', '>=', new Date(5990)]]],
    [fieldIndex('ref'), [], 'ref'],
    [fieldIndex('ref'), [], 'ref desc, id desc'],
    [fieldIndex('age'), [], 'age'],
    [fieldIndex('age'), [['age', '>', 100]], 'age desc'],
    ['records_1_pkey', [], 'id desc'],
  ])('%s by %j in order of %s', async (index, domain, order) => {
    const plan = await shop.plan('res.partner', domain, order);
    expect(plan).toContain(index);
    expect(plan).not.toContain('Seq Scan on records_1 ');
  });
});

describe('a range in order of ids', () => {
  it.each<[string, unknown]>([
    ['most of which come first', [['age', '>', 100]]],
    ['of which none comes first', [['write_date', '>=', new Date(5000)]]],
    ['of which few come first', [['write_date', '>=', new Date(3990)]]],
    ['of a few', [['born', '<', '1950-01-09']]],
    ['of none', [['age', '>', 1e9]]],
    [
      'and with something else',
      [
        ['write_date', '>=', new Date(4500)],
        ['name', 'like', '7'],
      ],
    ],
  ])('%s has the same pages as a list of all', async (_what, domain) => {
    for (const order of ['', 'id desc']) {
      const all = await shop.find('res.partner', domain, order);
      for (const [limit, offset] of [
        [50, 0],
        [7, 15],
        [2000, 1000],
        [3000, 1500],
      ] as const)
        expect(await shop.page('res.partner', domain, order, { limit, offset })).toEqual(
          all.slice(offset, offset + limit),
        );
    }
  });

  it('is not walked to where its records are', async () => {
    const plan = await shop.plan('res.partner', [['write_date', '>=', new Date(4500)]]);
    expect(plan).toContain('CTE near');
    expect(plan).toContain('records_1_write_date');
  });
});

describe('the SQL of a domain', () => {
  const HOSTILE = [
    `x' OR 1=1--`,
    `"; DROP TABLE records_1; --`,
    '?',
    '$1',
    ':a',
    '{"a"}',
    '\\',
    `') --`,
    'x%_*[',
    '\0',
    '😀',
    '\ud800',
  ];

  let small: PostgresDomainTest;
  beforeAll(async () => {
    small = await openPostgresDomainTest({ 'res.partner': { fields: PARTNER, records: [{ values: {} }] } });
  });
  afterAll(() => small.close());

  it('never holds a value', async () => {
    for (const text of HOSTILE) {
      for (const operator of ['=', '!=', '<', '>=', 'like', 'not ilike', '=like', '=ilike']) {
        const hostile = await small.sql('res.partner', [['ref', operator, text]]);
        const tame = await small.sql('res.partner', [['ref', operator, 'tame']]);
        expect(hostile).toBe(tame);
        await small.find('res.partner', [['ref', operator, text]]);
      }
      await small.find('res.partner', ['|', ['data', 'in', [text, 1]], ['parent_id.ref', 'in', [text]]]);
    }
    expect(await small.find('res.partner', [])).toEqual([1]);
  });

  it('refuses names that could be more than names', () => {
    for (const name of [`a"`, `a'`, 'a b', 'a;', 'ä', '$', 'a.b c'])
      expect(() => parseDomain([[name, '=', 1]])).toThrow('is no name of a field');
  });

  it('is planned in time at the bounds of a domain', async () => {
    const path = 'parent_id.parent_id.parent_id.parent_id.parent_id.ref';
    const began = performance.now();
    const terms = Array.from({ length: 200 }, (_, index) => [path, 'not in', [`x${index}`, false]]);
    expect(await small.find('res.partner', terms)).toEqual([]);
    const deep = Array.from({ length: 99 }, (_, index) => [
      index % 2 === 0 ? '|' : '&',
      [path, '=', false],
    ]).flat();
    expect(await small.find('res.partner', [...deep, ['ref', '=', 'x']])).toEqual([1]);
    expect(await small.find('res.partner', [...Array(100).fill('!'), [path, '=', false]])).toEqual([1]);
    const most = Array.from({ length: 10_000 }, (_, index) => index);
    expect(await small.find('res.partner', [['age', 'in', most]])).toEqual([]);
    expect(await small.find('res.partner', [['ref', '=ilike', 'ΐ*'.repeat(500)]])).toEqual([]);
    expect(performance.now() - began).toBeLessThan(5000);
  }, 30_000);
});
