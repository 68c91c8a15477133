import type { ModelOfTest } from './domains.ts';

const ADA = JSON.stringify({ id: 'u1', name: 'Ada' });
const BOB = JSON.stringify({ id: 'u2', name: 'Bob' });
/** Of a webhook or of nobody. */
const NOBODY = JSON.stringify({ id: null, name: null });
const at = (text: string) => Date.parse(text);

/** Few records with what is hard about values in them. */
export const SHOP: Readonly<Record<string, ModelOfTest>> = {
  'res.partner': {
    strict: true,
    fields: {
      name: 'char!',
      ref: 'char',
      active: 'boolean',
      age: 'integer',
      rate: 'float',
      born: 'date',
      seen: 'datetime',
      image: 'binary',
      kind: 'selection',
      parent_id: 'many2one res.partner!',
      country_id: 'many2one res.country!',
      agent_id: 'many2one shop.ghost',
      extra: 'json',
    },
    records: [
      {
        create_date: at('2026-01-01T10:00:00Z'),
        create_uid: ADA,
        values: {
          name: 'Azure',
          ref: '100%',
          active: true,
          age: 5,
          rate: 0.1,
          country_id: 1,
          born: '2000-01-01',
        },
      },
      {
        create_date: at('2026-01-02T10:00:00Z'),
        create_uid: BOB,
        values: {
          name: 'azure interior',
          ref: '',
          active: false,
          age: 0,
          parent_id: 1,
          country_id: 2,
          extra: true,
        },
      },
      {
        create_date: at('2026-01-03T10:00:00Z'),
        create_uid: NOBODY,
        values: {
          name: 'Straße',
          ref: 'a_b',
          age: -3,
          parent_id: 2,
          seen: '2026-11-28T20:00:00.000Z',
          extra: 1,
        },
      },
      { values: { name: 'x*[y]?', ref: 'aXb', rate: 2 ** 60, country_id: 99, image: 12, extra: '[1]' } },
      { values: { ref: '100x', parent_id: 6, extra: [1], kind: 'a' } },
      { values: { name: '😀', parent_id: 5, born: '1999-12-31', seen: '2026-11-28T20:00:00.001Z' } },
    ],
  },
  'res.country': {
    fields: { name: 'char', code: 'char!', region_id: 'many2one res.region' },
    records: [
      { values: { name: 'Germany', code: 'DE', region_id: 1 } },
      { values: { code: 'FR', region_id: 2 } },
    ],
  },
  'res.region': {
    fields: { name: 'char' },
    records: [{ values: { name: 'Europe' } }],
  },
};
