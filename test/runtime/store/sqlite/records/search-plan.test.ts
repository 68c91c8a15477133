import { afterAll, describe, expect, it } from 'vitest';
import { parseDomain } from '../../../../../runtime/env/domain/parse-domain.ts';
import { parseOrder } from '../../../../../runtime/env/domain/parse-order.ts';
import { resolveDomain } from '../../../../../runtime/env/domain/resolve-domain.ts';
import { type Page, planSearch } from '../../../../../runtime/store/sqlite/records/search-plan.ts';
import { openDomainTest } from '../../../../support/domains.ts';

const RECORDS = 9000;
const records = Array.from({ length: RECORDS }, (_, n) => ({
  values: { n, mixed: (n * 7919) % RECORDS, name: n % 3 === 0 ? 'third' : 'other', parent_id: 1 + (n % 10) },
}));
const shop = openDomainTest({
  'x.thing': {
    fields: { n: 'integer!', mixed: 'integer!', name: 'char', parent_id: 'many2one x.thing!' },
    records,
  },
});
afterAll(() => shop.close());

async function planned(domain: unknown, order: string, page: Page) {
  const load = async (name: string) => shop.models.get(name);
  const model = shop.models.get('x.thing');
  if (model === undefined) throw new Error('The model is not there.');
  const search = {
    model: model.number,
    domain: await resolveDomain(parseDomain(domain), model.name, load),
    order: parseOrder(order, model),
  };
  const { sql, values } = planSearch(shop.db, search, page);
  const rows = shop.db.prepare<(string | number)[], { readonly id: number }>(sql).all(...values);
  return { sql, ids: rows.map(({ id }) => id) };
}

const AS_IT_IS = /^SELECT id.* AS r\s+WHERE \(?json|^SELECT id.* AS r\s+WHERE \(/;
const FEW = /r\.id IN \(SELECT value FROM json_each/;
const WALK = / NOT INDEXED WHERE /;
const SORT = /ORDER BY \+r\.id/;

describe('a search goes to its records', () => {
  it.each<[string, RegExp, unknown, string, Page]>([
    ['by the index, where few are in a range', FEW, [['n', '>=', 8990]], '', { limit: 5, offset: 2 }],
    ['by the index, whatever the order', FEW, [['n', '>=', 8000]], 'mixed desc', { limit: 50, offset: 0 }],
    [
      'by the index, whatever else is asked',
      FEW,
      [
        ['n', '>=', 8000],
        ['name', '=', 'third'],
      ],
      '',
      { limit: 50, offset: 0 },
    ],
    ['walking, where most fit', WALK, [['mixed', '>=', 100]], '', { limit: 50, offset: 10 }],
    ['walking from the end', WALK, [['n', '>=', 3000]], 'id desc', { limit: 50, offset: 10 }],
    [
      'putting them in order, where many fit and none at first',
      SORT,
      [['n', '>=', 5000]],
      '',
      { limit: 50, offset: 3 },
    ],
    ['putting them in order from the end', SORT, [['n', '<', 4000]], 'id desc', { limit: 50, offset: 3 }],
    ['as SQLite does it by a value', AS_IT_IS, [['n', '=', 5]], '', { limit: 50, offset: 0 }],
    ['as SQLite does it without an index', AS_IT_IS, [['name', '=', 'third']], '', { limit: 50, offset: 0 }],
    [
      'as SQLite does it in an order by an index',
      AS_IT_IS,
      [['mixed', '>=', 100]],
      'n',
      { limit: 50, offset: 0 },
    ],
    [
      'as SQLite does it, where many fit the index and few the rest',
      AS_IT_IS,
      [
        ['mixed', '>=', 10],
        ['name', '=', 'third'],
      ],
      '',
      { limit: 50, offset: 0 },
    ],
  ])('%s', async (_how, way, domain, order, page) => {
    const { sql, ids } = await planned(domain, order, page);
    expect(sql).toMatch(way);
    const all = await shop.find('x.thing', domain, order);
    expect(ids).toEqual(all.slice(page.offset, page.offset + page.limit));
  });

  it('and finds the same as without any of this', async () => {
    const domains = [
      [['n', '>', 4444]],
      ['|', ['n', '>', 8995], ['mixed', '<', 3]],
      ['!', ['n', '<', 8000]],
      [['parent_id.n', '=', 3]],
      [['id', 'in', [5, 1, 7000]]],
      [['n', 'in', [1, 2, 8000]]],
      [['n', '=', false]],
      [],
    ];
    for (const domain of domains) {
      for (const order of ['', 'id desc', 'n desc', 'name, mixed', 'mixed']) {
        for (const page of [
          { limit: 10, offset: 0 },
          { limit: 10_001, offset: 5 },
        ]) {
          const all = await shop.find('x.thing', domain, order);
          expect((await planned(domain, order, page)).ids).toEqual(
            all.slice(page.offset, page.offset + page.limit),
          );
        }
      }
    }
  });
});
