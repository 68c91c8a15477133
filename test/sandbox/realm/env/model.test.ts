import { describe, expect, it } from 'vitest';
import { envAnswers } from '../../../support/env-answers.ts';
import { PARTNERS, useEnvTask } from '../../../support/env-task.ts';
import { taskOnly } from '../../../support/sandbox.ts';

const { run, result } = useEnvTask();

describe('a model', () => {
  it('finds records, with their fields as properties', async () => {
    const body =
      'const found = await partners.search([["name", "in", ["Ada", "Bob"]]]); return [found.length, found.ids, [...found].map((p) => [p.id, p.name, p.email])];';
    expect(await result(body)).toEqual([
      2,
      [1, 2],
      [
        [1, 'Ada', 'ada@a.example'],
        [2, 'Bob', null],
      ],
    ]);
  });

  it('asks the server for what search is given, and for nothing else', async () => {
    const answers = envAnswers(PARTNERS);
    await result(
      'await partners.search(); await partners.search([["name", "=", "Ada"]], { fields: ["name"], order: "name desc", limit: 2, offset: 1 }); return partners.search_count([["name", "!=", "Ada"]]);',
      answers,
    );
    expect(answers.calls).toEqual([
      ['env.search', 'res.partner', [], { fields: null, order: null, limit: null, offset: null }],
      [
        'env.search',
        'res.partner',
        [['name', '=', 'Ada']],
        { fields: ['name'], order: 'name desc', limit: 2, offset: 1 },
      ],
      ['env.search_count', 'res.partner', [['name', '!=', 'Ada']]],
    ]);
  });

  it('counts records', async () => {
    expect(
      await result(
        'return [await partners.search_count(), await partners.search_count([["name", "=", "Cy"]])];',
      ),
    ).toEqual([3, 1]);
  });

  it('gives the records of ids in their order, one alone and a repeated one once', async () => {
    const body =
      'return [(await partners.browse([3, 1, 3])).mapped("name"), (await partners.browse(2)).name, (await partners.browse([])).length];';
    const answers = envAnswers(PARTNERS);
    expect(await result(body, answers)).toEqual([['Cy', 'Ada'], 'Bob', 0]);
    expect(answers.calls).toHaveLength(2);
  });

  it('creates a record of values, and a set of a list of them', async () => {
    const body = `const one = await partners.create({ name: "Di", born: new Date(5), image: new Uint8Array([7]), tags: ["a"], note: undefined });
      const many = await partners.create([{ name: "E" }, { name: "F" }]);
      return [one.id, one.name, one.born, one.tags, many.mapped("name"), many.ids, (await partners.create([])).length];`;
    const answers = envAnswers(PARTNERS);
    expect(await result(body, answers)).toEqual([4, 'Di', new Date(5), ['a'], ['E', 'F'], [5, 6], 0]);
    expect(answers.calls[0]).toEqual([
      'env.create',
      'res.partner',
      [
        [
          ['name', 'value', 'Di'],
          ['born', 'value', new Date(5)],
          ['image', 'value', new Uint8Array([7])],
          ['tags', 'value', ['a']],
        ],
      ],
    ]);
  });

  it('calls methods, with and without records', async () => {
    const body =
      'return [await partners.call("a"), await partners.call("b", [1], { c: 2 }), await (await partners.browse([1, 2])).call("d", ["x"])];';
    expect(await result(body)).toEqual([
      ['res.partner', null, 'a', [], {}],
      ['res.partner', null, 'b', [1], { c: 2 }],
      ['res.partner', [1, 2], 'd', ['x'], {}],
    ]);
  });

  it.each([
    [
      'partners.search([], { field: ["name"] })',
      'TypeError: res.partner: search has no option "field"; there are fields, order, limit, offset.',
    ],
    [
      'partners.search([], { fields: "name" })',
      'TypeError: res.partner: search takes fields as a list of names: ["name", "email"].',
    ],
    ['partners.browse("1")', 'TypeError: res.partner: browse takes ids of records: whole numbers above 0.'],
    [
      'partners.browse([1, undefined])',
      'TypeError: res.partner: browse takes ids of records: whole numbers above 0.',
    ],
    [
      'partners.create("x")',
      'TypeError: res.partner: create takes an object of values by field: { name: "Ada" }.',
    ],
    [
      'partners.create({ name: () => 1 })',
      'TypeError: res.partner: create: the value of name is a function; give text, a number, a Date, bytes or plain data.',
    ],
    [
      'partners.create({ parent_id: partners.create({}) })',
      'TypeError: res.partner: create: the value of parent_id is a Promise (forgot await?).',
    ],
    [
      'partners.create({ parent_id: await partners.search() })',
      'TypeError: res.partner: create: the value of parent_id is one record, not a set of 3 of res.partner.',
    ],
    ['partners.search([["name", "~", 1]])', 'ValidationError: The operator ~ is not known.'],
    [
      '(async () => env["res partner"])()',
      'TypeError: env takes the name of a model, letters, digits, "." and "_": not "res partner".',
    ],
    [
      'new (partners as any).constructor(null, { call: () => 1 }, "x")',
      'TypeError: Illegal constructor: env["res.partner"] makes models.',
    ],
  ])('refuses %s and says why', async (code, why) => {
    expect(await result(`return why(async () => ${code});`)).toBe(why);
  });
});

describe('env', () => {
  it('gives the record of a name, or null', async () => {
    expect(
      await result('return [(await env.ref("base.user_admin"))?.name, await env.ref("base.none")];'),
    ).toEqual(['Admin', null]);
  });

  it('is what the language may ask anything', async () => {
    const body =
      'const e: any = env; return [await e === env, JSON.stringify(e), typeof e.toString, e.then, e[Symbol.iterator], Object.keys(e)];';
    expect(await result(body)).toEqual([
      true,
      '{}',
      'function',
      undefined,
      undefined,
      ['ref', 'transaction'],
    ]);
  });

  it('is there in Protected Code too, with its own calls', async () => {
    const { result } = await run({
      files: {
        'protected.ts':
          'export const names = async () => (await env["res.partner"].search()).mapped("name");',
        ...taskOnly('export const handle_button = () => names();'),
      },
    });
    expect(result).toEqual(['Ada', 'Bob', 'Cy']);
  });

  it('works in a realm of its own', async () => {
    const body =
      'const [ada] = await partners.search(); await ada.write({ name: "A" }); return [ada.name, ada.length, await why(() => ada.none)];';
    const found = await result(body, undefined, { ownRealm: { task: true } });
    expect(found).toEqual(['A', 1, expect.stringMatching(/^TypeError: The field none of res.partner/)]);
  });
});
