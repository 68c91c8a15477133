import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobOrigin } from '../../runtime/gate/gate.ts';
import { createLinks } from '../../runtime/links/create-links.ts';
import { createSeals } from '../../runtime/sealed/seals.ts';
import { decode } from '../../sandbox/wire/decode.ts';
import { encode } from '../../sandbox/wire/encode.ts';
import { deployTask, openTestRuntime, type TestRuntime } from '../support/runtime.ts';

interface Link {
  readonly id: number;
  readonly model: string | null;
  readonly refs: readonly (readonly [string, string])[];
  readonly sync_date: Date;
}

const NOW = 1_795_000_000_000;

let works: TestRuntime;
let call: (operation: string, args: readonly unknown[], slug?: string) => Promise<unknown>;
beforeAll(async () => {
  works = await openTestRuntime();
  const links = createLinks({ store: works.store, now: () => NOW });
  for (const slug of ['linked', 'other', 'gone']) {
    const code = 'export const handle_button = () => 1;';
    await deployTask(works.runtime, { slug, code, triggers: ['{type: button, name: GO}'] });
  }
  call = async (operation, args, slug = 'linked') =>
    decode(await links.call(operation, encode(args), originOf(slug), 'task'));
});
afterAll(() => works.close());

function originOf(slug: string): JobOrigin {
  const project = works.runtime.project(slug);
  if (project === undefined) throw new Error(`There is no project ${slug}.`);
  const job = { task: 'Task', trigger: 'GO', jobId: 'a job', user: null };
  return { project, ...job, seals: createSeals(project), signal: new AbortController().signal };
}

const set = (refs: unknown, more: object = {}, slug?: string) =>
  call('link.set', [{ relation: 'r', model: null, refs, sync_date: null, ...more }], slug) as Promise<Link>;
const record = (id: unknown, external: unknown, more: object = {}) =>
  set(
    [
      ['odoo', id],
      ['external', external],
    ],
    { model: 'res.partner', ...more },
  );
const search = (refs: unknown, more: object = {}, slug?: string) =>
  call('link.search', [{ relation: 'r', model: null, refs, ...more }], slug) as Promise<Link[]>;
const refusalOf = async (promise: Promise<unknown>): Promise<{ name: string; message: string }> =>
  promise.then(
    (value) => ({ name: 'none', message: JSON.stringify(value) }),
    ({ name, message }: Error) => ({ name, message }),
  );

describe('links of records', () => {
  it('tie a record to one reference of a relation, and a reference to one record of its model', async () => {
    const link = await record('5', 'x', { relation: 'one' });
    expect(link).toEqual({
      id: link.id,
      relation: 'one',
      model: 'res.partner',
      refs: [
        ['external', 'x'],
        ['odoo', '5'],
      ],
      sync_date: new Date(NOW),
    });
    expect(await refusalOf(record('5', 'y', { relation: 'one' }))).toEqual({
      name: 'ValidationError',
      message:
        'In relation one, record res.partner,5 is linked to external "x" already, so it is not linked to external "y". ' +
        'Unlink that link first, or set allow_many2many.',
    });
    expect(await refusalOf(record('6', 'x', { relation: 'one' }))).toEqual({
      name: 'ValidationError',
      message:
        'In relation one, external "x" is linked to record res.partner,5 already, so it is not linked to record res.partner,6. ' +
        'Unlink that link first, or set allow_many2many.',
    });
    expect(await record('6', 'x', { relation: 'one', model: 'sale.order' })).toMatchObject({
      model: 'sale.order',
    });
    expect(await record('6', 'x', { relation: 'one', allow_many2many: true })).toMatchObject({
      model: 'res.partner',
    });
  });

  it('that are the same are used again with a new date', async () => {
    const first = await record(7, 70, { relation: 'again', sync_date: new Date(5) });
    expect(first.sync_date).toEqual(new Date(5));
    expect(await record('7', '70', { relation: 'again' })).toEqual({ ...first, sync_date: new Date(NOW) });
  });
});

describe('links of external references', () => {
  it('tie two systems together, whatever their label', async () => {
    const link = await set(
      [
        ['trello', 101],
        ['github', 1],
      ],
      { relation: 'two', model: 'issue' },
    );
    expect(link).toMatchObject({
      model: 'issue',
      refs: [
        ['github', '1'],
        ['trello', '101'],
      ],
    });
    expect(
      await refusalOf(
        set(
          [
            ['github', '1'],
            ['trello', '102'],
          ],
          { relation: 'two' },
        ),
      ),
    ).toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining('github "1" is linked to trello "101" already'),
    });
    expect(
      await set(
        [
          ['github', '1'],
          ['jira', '102'],
        ],
        { relation: 'two' },
      ),
    ).toMatchObject({ model: null });
  });

  it('are found by references of one system or both, null being any', async () => {
    for (const n of [1, 2, 3])
      await set(
        [
          ['github', n],
          ['trello', n * 100],
        ],
        { relation: 'find' },
      );
    const found = async (refs: unknown) => {
      const links = await search(refs, { relation: 'find' });
      return links.map(({ refs: [github] }) => github?.[1]);
    };
    expect(
      await found([
        ['github', ['3', 1]],
        ['trello', null],
      ]),
    ).toEqual(['1', '3']);
    expect(await found([['trello', ['200']]])).toEqual(['2']);
    expect(
      await found([
        ['github', ['1', '2']],
        ['trello', ['200', '300']],
      ]),
    ).toEqual(['2']);
    expect(
      await found([
        ['github', null],
        ['trello', null],
      ]),
    ).toEqual(['1', '2', '3']);
  });
});

describe('links', () => {
  it('belong to their project, and are deleted with it', async () => {
    const mine = await set(
      [
        ['a', 1],
        ['b', 1],
      ],
      { relation: 'own' },
      'gone',
    );
    expect(await search([['a', null]], { relation: 'own' }, 'other')).toEqual([]);
    expect(await call('link.update', [[mine.id], new Date(1)], 'other')).toEqual([]);
    expect(await call('link.unlink', [[mine.id]], 'other')).toBe(true);
    expect(await search([['a', null]], { relation: 'own' }, 'gone')).toEqual([mine]);
    await works.runtime.deleteProject('gone');
    expect(await works.store.findLink(mine.id)).toBeUndefined();
  });

  it('are dated and unlinked by id', async () => {
    const links = await Promise.all(
      [1, 2, 3].map((n) =>
        set(
          [
            ['a', n],
            ['b', n],
          ],
          { relation: 'ids' },
        ),
      ),
    );
    const ids = links.map(({ id }) => id);
    expect(await call('link.update', [[...ids, ...ids, 999_999], new Date(8)])).toEqual(
      links.map((link) => ({ ...link, sync_date: new Date(8) })),
    );
    expect(await call('link.unlink', [ids.slice(1)])).toBe(true);
    expect(await search([['a', null]], { relation: 'ids' })).toMatchObject([{ id: ids[0] }]);
    expect(await call('link.unlink', [[]])).toBe(true);
  });

  it('of one reference are set once, however many jobs try at the same time', async () => {
    const tries = Array.from({ length: 40 }, (_, n) =>
      refusalOf(
        set(
          [
            ['a', 'same'],
            ['b', n],
          ],
          { relation: 'race' },
          n % 2 ? 'linked' : 'other',
        ),
      ),
    );
    const names = (await Promise.all(tries)).map(({ name }) => name);
    expect(names.filter((name) => name === 'none')).toHaveLength(2);
    expect(names.filter((name) => name === 'ValidationError')).toHaveLength(38);
    expect(await search([['a', ['same']]], { relation: 'race' })).toHaveLength(1);
  });

  it('of a search that finds too many are not given in part', async () => {
    const long = { relation: 'large', model: 'm'.repeat(100) };
    const text = 'x'.repeat(400);
    for (let at = 0; at < 1100; at += 100) {
      await Promise.all(
        Array.from({ length: 100 }, (_, n) =>
          set(
            [
              ['a', text + (at + n)],
              ['b', text + (at + n)],
            ],
            long,
          ),
        ),
      );
    }
    expect(await refusalOf(search([['a', null]], { relation: 'large' }))).toEqual({
      name: 'RangeError',
      message:
        'This search in relation large is too large: more than 1048576 bytes would be found. Give fewer references at once, or ' +
        'references of both systems, or a model.',
    });
    expect(await search([['a', [`${text}7`, `${text}8`]]], { relation: 'large' })).toHaveLength(2);
  });
});

describe('links refuse', () => {
  const PAIR = [
    ['a', '1'],
    ['b', '1'],
  ];
  it.each([
    ['no object', () => call('link.set', [5]), 'TypeError', 'not by what is of type number'],
    ['no relation', () => set(PAIR, { relation: '' }), 'TypeError', 'The relation of a link is empty.'],
    [
      'a long relation',
      () => set(PAIR, { relation: 'r'.repeat(101) }),
      'TypeError',
      'at most 100 characters',
    ],
    [
      'a long system',
      () =>
        set([
          ['a'.repeat(101), 1],
          ['b', 1],
        ]),
      'TypeError',
      'at most 100 characters',
    ],
    [
      'a long reference',
      () =>
        set([
          ['a', 'x'.repeat(501)],
          ['b', 1],
        ]),
      'TypeError',
      'at most 500 characters',
    ],
    [
      'an empty reference',
      () =>
        set([
          ['a', ''],
          ['b', 1],
        ]),
      'TypeError',
      'reference of a link is empty',
    ],
    [
      'a reference that is none',
      () =>
        set([
          ['a', Number.NaN],
          ['b', 1],
        ]),
      'TypeError',
      'is text, not of type',
    ],
    [
      'U+0000',
      () =>
        set([
          ['a', '\0'],
          ['b', 1],
        ]),
      'TypeError',
      'U+0000',
    ],
    ['half a character', () => search([['a', ['\ud800']]]), 'TypeError', 'half a character'],
    ['a comma in a model', () => set(PAIR, { model: 'a,b' }), 'TypeError', 'no comma'],
    ['no references', () => set(null), 'TypeError', 'a list of pairs, not what is null'],
    ['one system', () => set([['a', 1]]), 'TypeError', 'of two systems together, not of 1'],
    ['three systems', () => set([...PAIR, ['c', 1]]), 'TypeError', 'of two systems together, not of 3'],
    [
      'one system twice',
      () =>
        set([
          ['a', 1],
          ['a', 2],
        ]),
      'TypeError',
      '"a" is there twice',
    ],
    [
      'half a link of a record',
      () =>
        set([
          ['odoo', 1],
          ['b', 2],
        ]),
      'TypeError',
      '"odoo" is of links of records',
    ],
    ['a record without a model', () => record(1, 2, { model: null }), 'TypeError', 'needs the model'],
    ['a record without an id', () => record('new', 2), 'TypeError', 'whole number from 1 on, not "new"'],
    [
      'a date that is none',
      () => set(PAIR, { sync_date: new Date(Number.NaN) }),
      'TypeError',
      'a valid Date',
    ],
    ['text as a date', () => call('link.update', [[1], '2026-01-01']), 'TypeError', 'of type string'],
    ['a flag that is none', () => set(PAIR, { allow_many2many: 'yes' }), 'TypeError', 'true or false'],
    ['a search by nothing', () => search([]), 'TypeError', 'by one system or two, not by 0'],
    ['a search by heaps', () => search([['a', Array(10_001).fill('x')]]), 'RangeError', 'up to 10000'],
    ['ids that are none', () => call('link.unlink', [['1']]), 'TypeError', 'a list of their ids'],
    ['heaps of ids', () => call('link.update', [Array(10_001).fill(1)]), 'RangeError', 'up to 10000'],
  ])('%s', async (_what, tried, name, message) => {
    expect(await refusalOf(tried())).toMatchObject({ name, message: expect.stringContaining(message) });
  });
});
