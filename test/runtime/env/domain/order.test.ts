import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DOMAIN_DATABASES } from '../../../support/domain-databases.ts';
import type { DomainTest } from '../../../support/domains.ts';
import { createRandom } from '../../../support/fuzz/random.ts';
import { FIELDS, randomModel } from '../../../support/random-domain.ts';

const MODELS = {
  'shop.item': {
    strict: true,
    fields: { name: 'char', price: 'float', maker_id: 'many2one shop.item', scan: 'binary', data: 'json' },
    records: [
      { create_date: 3, values: { name: 'b', price: 2, maker_id: 4 } },
      { create_date: 2, values: { name: 'B', price: 2, maker_id: 2 } },
      { create_date: 1, values: { name: '\uffee' } },
      { create_date: 4, values: { name: '😀', price: -1 } },
      { create_date: 5, values: { price: 10 } },
    ],
  },
  'shop.open': { fields: {}, records: [{ values: {} }, { values: {} }] },
};

describe.each(DOMAIN_DATABASES)('in %s', (_name, open) => {
  let shop: DomainTest;
  beforeAll(async () => {
    shop = await open(MODELS);
  });
  afterAll(() => shop.close());

  describe('an order', () => {
    it.each<[string, readonly number[]]>([
      ['', [1, 2, 3, 4, 5]],
      ['id desc', [5, 4, 3, 2, 1]],
      ['name', [2, 1, 3, 4, 5]],
      ['name desc', [5, 4, 3, 1, 2]],
      ['price, name', [4, 2, 1, 5, 3]],
      ['price desc', [3, 5, 1, 2, 4]],
      [' price  DESC ,  id  DESC ', [3, 5, 2, 1, 4]],
      ['maker_id', [2, 1, 3, 4, 5]],
      ['create_date desc', [5, 4, 1, 2, 3]],
      ['create_uid, id desc', [5, 4, 3, 2, 1]],
    ])('by %j', async (order, ids) => {
      expect(await shop.find('shop.item', [], order)).toEqual(ids);
    });

    it('by a field that an open model has not yet leaves the order of ids', async () => {
      expect(await shop.find('shop.open', [], 'nothing desc')).toEqual([1, 2]);
    });

    it.each<[string, string]>([
      ['names', 'Model shop.item has no field names. Did you mean name?'],
      ['name up', '"name up" is no part of an order'],
      ['name asc nulls', 'is no part of an order'],
      ['name,,id', '"" is no part of an order'],
      ['maker_id.name', 'is no part of an order'],
      ['name"; DROP TABLE jobs', 'is no part of an order'],
      ['scan', 'cannot be ordered by scan, which is binary'],
      ['data', 'cannot be ordered by data, which is json'],
      [Array(9).fill('id').join(','), 'at most 8 fields'],
      ['a'.repeat(1001), 'at most 1000 characters'],
    ])('by %j is refused', async (order, message) => {
      const refusal = await shop.find('shop.item', [], order).catch((error: unknown) => error);
      expect(refusal).toMatchObject({ name: 'ValidationError', message: expect.stringContaining(message) });
    });
  });
});

describe('random records', () => {
  const random = createRandom(7);
  const given = { 'm.one': randomModel(random, 300), 'm.two': randomModel(random, 2) };
  const shops: DomainTest[] = [];
  afterAll(async () => {
    for (const shop of shops) await shop.close();
  });

  it('are in the same order in every database, whatever they are ordered by', async () => {
    for (const [, open] of DOMAIN_DATABASES) shops.push(await open(given));
    const [first, ...others] = shops;
    const names = Object.entries(FIELDS).filter(([, kind]) => kind !== 'json' && kind !== 'binary');
    for (const name of [...names.map(([field]) => field), 'id', 'write_date', 'create_uid']) {
      for (const order of [name, `${name} desc`, `${name} desc, id desc`, `kind, ${name}`]) {
        const ids = await first?.find('m.one', [], order);
        expect(ids).toHaveLength(300);
        for (const other of others) expect(await other.find('m.one', [], order), order).toEqual(ids);
      }
    }
  });
});
