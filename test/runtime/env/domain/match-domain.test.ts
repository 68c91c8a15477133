import { describe, expect, it } from 'vitest';
import type { MatchRecord } from '../../../../runtime/env/domain/lookups.ts';
import { matchDomain } from '../../../../runtime/env/domain/match-domain.ts';
import { parseDomain } from '../../../../runtime/env/domain/parse-domain.ts';
import { resolveDomain } from '../../../../runtime/env/domain/resolve-domain.ts';
import type { Model, StoredValues } from '../../../../runtime/store/record-store.ts';
import { field, openDomainTest } from '../../../support/domains.ts';

const FIELDS = { name: 'char', age: 'integer', parent_id: 'many2one m.one', all_ids: 'json' };
const MODEL: Model = {
  name: 'm.one',
  number: 1,
  strict: true,
  fields: new Map(Object.entries(FIELDS).map(([name, kind]) => [name, field(name, kind)])),
};
const record = (id: number, values: StoredValues): MatchRecord => ({
  id,
  values,
  create_date: 0,
  write_date: 0,
  create_uid: '{}',
  write_uid: '{}',
});

/** Judges a record, and tells which others were read; the parent of each is the one before it. */
async function judge(domain: unknown, values: StoredValues, id = 1) {
  const read: number[] = [];
  const resolved = await resolveDomain(parseDomain(domain), 'm.one', async () => MODEL);
  const passes = await matchDomain(resolved, record(id, values), async (_, other) => {
    read.push(other);
    return record(other, other > 1 ? { name: `n${other}`, parent_id: other - 1 } : { name: 'root' });
  });
  return { passes, read };
}

describe('judging one record', () => {
  it('reads no other for what the record says itself', async () => {
    const domain = ['|', ['name', '=', 'x'], '!', ['age', '>', 5], ['id', 'in', [1]]];
    expect(await judge(domain, { name: 'y', age: 3 })).toEqual({ passes: true, read: [] });
  });

  it('reads others only as far as they decide, and each once', async () => {
    const path = ['parent_id.parent_id.name', '=', 'n5'];
    expect(await judge([['name', '=', 'x'], path], { parent_id: 6 })).toEqual({ passes: false, read: [] });
    expect(await judge(['|', ['name', '=', 'x'], path], { name: 'x' })).toEqual({ passes: true, read: [] });
    expect(await judge([path, path, '!', ['parent_id.name', '=', 'n5']], { parent_id: 6 })).toEqual({
      passes: true,
      read: [6, 5],
    });
  });

  it('stops where a hierarchy is decided', async () => {
    expect(await judge([['id', 'child_of', 40]], { parent_id: 49 }, 50)).toMatchObject({ passes: true });
    expect((await judge([['id', 'child_of', [50, 7]]], {}, 50)).read).toEqual([]);
    expect((await judge([['parent_id', 'child_of', 48]], { parent_id: 50 })).read).toEqual([50, 49]);
    expect((await judge([['id', 'parent_of', [50]]], {}, 48)).read).toEqual([50, 49]);
  });

  it('goes up 100 levels and no further', async () => {
    expect(await judge([['parent_id', 'child_of', 900]], { parent_id: 1000 })).toMatchObject({
      passes: true,
    });
    const beyond = await judge([['parent_id', 'child_of', 899]], { parent_id: 1000 });
    expect([beyond.passes, beyond.read.length]).toEqual([false, 100]);
  });

  it('refuses to compare more than 20 million characters', async () => {
    const name = 'a'.repeat(1_000_000);
    const terms = (count: number) => Array.from({ length: count }, () => ['name', 'not ilike', 'b']);
    expect(await judge(terms(18), { name })).toMatchObject({ passes: true });
    await expect(judge(terms(21), { name })).rejects.toThrow(
      'This domain compares more than 20000000 characters to judge one record. Compare long texts by fewer terms and shorter patterns.',
    );
    const pattern = '%a_'.repeat(320);
    await expect(judge([['name', '=like', pattern]], { name })).rejects.toThrow('20000000 characters');
  });

  it('refuses to read more than 10,000 others', async () => {
    const far = Array.from({ length: 1000 }, (_, index) => 1_000_000 + index * 1000);
    const judged = judge([['id', 'parent_of', far]], {}, 5);
    await expect(judged).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining('more than 10000 other records'),
    });
  });

  it('takes no value from a prototype', async () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      const open: Model = { ...MODEL, strict: false };
      const resolved = await resolveDomain(parseDomain([[name, '=', null]]), 'm.one', async () => open);
      expect(await matchDomain(resolved, record(1, {}), async () => undefined)).toBe(true);
    }
  });
});

describe('records above and below each other', () => {
  it('belong together up to 100 levels, in the database as well', async () => {
    const chain = Array.from({ length: 150 }, (_, index) => ({
      values: index === 0 ? {} : { parent_id: index },
    }));
    const shop = openDomainTest({ 'm.one': { strict: true, fields: FIELDS, records: chain } });
    for (const [domain, length] of [
      [[['id', 'child_of', 10]], 101],
      [[['id', 'parent_of', 140]], 101],
      [[['parent_id', 'child_of', 10]], 101],
    ] as const) {
      const found = await shop.find('m.one', domain);
      expect(found).toHaveLength(length);
      expect(await shop.match('m.one', domain)).toEqual(found);
    }
    shop.close();
  });

  it('may go round in circles', async () => {
    const circle = [2, 3, 1, 4].map((parent_id) => ({ values: { parent_id } }));
    const shop = openDomainTest({ 'm.one': { strict: true, fields: FIELDS, records: circle } });
    for (const [domain, ids] of [
      [[['id', 'child_of', 1]], [1, 2, 3]],
      [[['id', 'parent_of', 2]], [1, 2, 3]],
      [[['id', 'child_of', 4]], [4]],
      [['!', ['parent_id', 'child_of', 3]], [4]],
    ] as const) {
      expect(await shop.find('m.one', domain)).toEqual(ids);
      expect(await shop.match('m.one', domain)).toEqual(ids);
    }
    shop.close();
  });
});

describe('values of another type than their field', () => {
  it('are judged in the same way by both', async () => {
    const values: readonly StoredValues[string][] = [5, 0, true, false, 'a', '5', [1], { a: 1 }, '[1]', -1.5];
    const shop = openDomainTest({
      'm.one': {
        fields: { ...FIELDS, paid: 'boolean', at: 'datetime' },
        records: values.map((value) => ({ values: { name: value, age: value, paid: value, at: value } })),
      },
    });
    const terms = [
      ...['=', '!=', '<', '<=', '>', '>='].flatMap((operator) => [
        ['name', operator, '5'],
        ['name', operator, '[1]'],
        ['age', operator, 1],
        ['at', operator, '2026-11-28'],
      ]),
      ...['like', 'not ilike', '=like', 'ilike'].map((operator) => ['name', operator, '[1]']),
      ['paid', '=', true],
      ['paid', '=', false],
      ['name', 'in', ['a', '5']],
      ['age', 'not in', [1, 5, null]],
    ];
    for (const term of terms) {
      expect(await shop.find('m.one', [term]), JSON.stringify(term)).toEqual(
        await shop.match('m.one', [term]),
      );
    }
    shop.close();
  });
});
