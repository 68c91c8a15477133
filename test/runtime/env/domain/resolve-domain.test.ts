import { describe, expect, it } from 'vitest';
import { parseDomain } from '../../../../runtime/env/domain/parse-domain.ts';
import { resolveDomain } from '../../../../runtime/env/domain/resolve-domain.ts';
import type { Model } from '../../../../runtime/store/record-store.ts';
import { field } from '../../../support/domains.ts';

const model = (
  name: string,
  number: number,
  strict: boolean,
  fields: Readonly<Record<string, string>>,
): Model => ({
  name,
  number,
  strict,
  fields: new Map(Object.entries(fields).map(([key, kind]) => [key, field(key, kind)])),
});

const MODELS = [
  model('shop.order', 1, true, {
    name: 'char',
    total: 'float',
    count: 'integer',
    paid: 'boolean',
    day: 'date',
    at: 'datetime',
    scan: 'binary',
    data: 'json',
    partner_id: 'many2one res.partner',
    line_id: 'many2one shop.line',
    odd_id: 'many2one shop.odd',
  }),
  model('res.partner', 2, false, { name: 'char', parent_id: 'many2one shop.order' }),
  model('shop.line', 3, true, { text: 'char' }),
  model('shop.odd', 4, false, { name: 'many2one shop.odd', parent_id: 'char' }),
];

const load = async (name: string) => MODELS.find((one) => one.name === name);
const resolve = (domain: unknown, name = 'shop.order') => resolveDomain(parseDomain(domain), name, load);

describe('a domain is refused', () => {
  it.each<[string, unknown, string]>([
    [
      'for a field that a strict model has not',
      ['names', '=', 'x'],
      'Model shop.order has no field names. Did you mean name?',
    ],
    ['for a field like no other', ['zzzzzzzz', '=', 'x'], 'has no field zzzzzzzz. Check its name.'],
    ['for __proto__ in a strict model', ['__proto__', '=', 'x'], 'has no field __proto__'],
    ['for a field at the end of a path', ['line_id.name', '=', 'x'], 'Model shop.line has no field name'],
    ['for a path through text', ['name.x', '=', 'x'], 'leads through name of shop.order, which is char'],
    ['for a path through an id', ['id.x', '=', 'x'], 'leads through id of shop.order, which is integer'],
    ['for a number of text', ['name', '=', 5], 'Field name (char) is compared with 5; it takes text.'],
    ['for true of text', ['name', '=', true], 'compared with true; it takes text'],
    [
      'for text of a number',
      ['total', '=', '5'],
      'Field total (float) is compared with "5"; it takes a number.',
    ],
    ['for NaN', ['total', '>', Number.NaN], 'compared with NaN'],
    ['for infinity', ['count', 'in', [Number.POSITIVE_INFINITY]], 'compared with Infinity'],
    ['for text of a boolean', ['paid', '=', 'yes'], 'it takes true or false'],
    [
      'for a bad day',
      ['day', '=', '2026-02-30'],
      'Field day (date) is compared with a bad date, "2026-02-30"; it takes a Date',
    ],
    ['for a bad time', ['at', '<', '28.11.2026'], 'a bad date, "28.11.2026"'],
    ['for a time without its zone', ['at', '<', '2026-11-28T20:00:00'], 'ISO 8601 with its zone'],
    ['for an invalid Date', ['at', '<', new Date(Number.NaN)], 'a bad date, an invalid Date'],
    ['for a year of five digits', ['at', '<', new Date(9e14)], 'a bad date'],
    ['for a number as a date', ['day', '=', 0], 'a bad date, 0'],
    ['for a Map', ['name', '=', new Map()], 'compared with a Map'],
    [
      'for an object without id',
      ['partner_id', '=', { name: 'x' }],
      'it takes an id, a record or the text of a name',
    ],
    ['for an id that is no whole number', ['partner_id', 'in', [1.5]], 'compared with 1.5'],
    ['for an object of json', ['data', '=', { a: 1 }], 'it takes one text, number or true'],
    ['for an order of json', ['data', '>', 1], '">" has no meaning on field data, which is json'],
    ['for a text within json', ['data', 'like', 'x'], '"like" compares text, and field data is json'],
    ['for a value of binary', ['scan', '=', 'x'], 'it takes null only'],
    ['for a size of binary', ['scan', '>', 1], 'which is binary'],
    ['for an order of many2one', ['partner_id', '<', 5], 'or compare partner_id.id'],
    ['for an order of booleans', ['paid', '>', false], 'takes a value, not false'],
    ['for more than nothing', ['total', '>', null], '">" on field total takes a value, not null'],
    ['for like of a number', ['total', 'ilike', '5'], '"ilike" compares text, and field total is float'],
    ['for like of a date', ['at', '=like', '2026%'], '"=like" compares text'],
    ['for like without text', ['name', 'like', 5], '"like" on field name takes text, not 5'],
    ['for like nothing', ['name', 'not ilike', null], 'takes text, not null'],
    ['for the empty text of a number', ['total', 'like', ''], '"like" compares text'],
    [
      'for a name that is none',
      ['odd_id', 'ilike', 'x'],
      'the name of shop.odd is many2one. Compare with an id.',
    ],
    ['for a name that a model has not', ['line_id', '=', 'x'], 'Model shop.line has no field name'],
    [
      'for child_of on text',
      ['name', 'child_of', 1],
      '"child_of" is for id and many2one fields, and name is char',
    ],
    ['for child_of a name', ['partner_id', 'child_of', 'Azure'], 'takes an id or a list of ids, not "Azure"'],
    [
      'for child_of without a parent',
      ['id', 'child_of', 1],
      'parent_id of shop.order, which has to be a many2one to shop.order itself; it does not exist',
    ],
    ['for a parent of another model', ['partner_id', 'child_of', 1], 'it is many2one shop.order'],
    ['for a parent that is text', ['odd_id', 'parent_of', 1], 'it is char'],
    ['for a user who is no name', ['create_uid', '=', 5], 'Field create_uid (char) is compared with 5'],
  ])('%s', async (_, term, message) => {
    const refusal = await resolve([term]).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ name: 'ValidationError', message: expect.stringContaining(message) });
  });
});

describe('a resolved domain', () => {
  it('has values as they are kept', async () => {
    const domain = [
      ['day', '=', new Date('2026-11-28T20:00:00Z')],
      ['at', '>', '2026-11-28 20:00:00'],
      ['partner_id', 'in', [{ id: 5 }, 6]],
      ['name', '=', 'a\0\ud800'],
    ];
    expect(await resolve(domain)).toMatchObject({
      of: [
        { leaf: { test: { to: '2026-11-28' } } },
        { leaf: { test: { to: '2026-11-28T20:00:00.000Z' } } },
        { leaf: { test: { values: [5, 6] } } },
        { leaf: { test: { to: 'a\uFFFD\uFFFD' } } },
      ],
    });
  });

  it('takes what a model has by itself before what was declared under its name', async () => {
    const odd = model('shop.clash', 9, true, { id: 'char', create_date: 'json' });
    const domain = parseDomain([['id', '=', 5]]);
    expect(await resolveDomain(domain, 'shop.clash', async () => odd)).toMatchObject({
      leaf: { field: { type: 'integer' } },
    });
  });

  it('loads each model once', async () => {
    const loaded: string[] = [];
    const domain = Array(50).fill(['partner_id.name', '=', 'x']);
    await resolveDomain(parseDomain(domain), 'shop.order', async (name) => {
      loaded.push(name);
      return load(name);
    });
    expect(loaded).toEqual(['shop.order', 'res.partner']);
  });

  it('of a model that nobody knows speaks of missing values', async () => {
    expect(await resolve([['a_id.b', '=', 5]], 'no.model')).toMatchObject({
      leaf: { steps: [{ model: 0 }], field: { name: 'b', learned: true } },
    });
  });
});
