import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandbox } from '../../../../sandbox/create-sandbox.ts';
import type { Sandbox } from '../../../../sandbox/types.ts';
import { type EnvAnswers, envAnswers } from '../../../support/env-answers.ts';
import { runJob, type TestJob, taskOnly } from '../../../support/sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
  await sandbox.ready();
});
afterAll(() => sandbox.stop());

const PARTNERS = {
  'res.partner': [
    { name: 'Ada', email: 'ada@a.example', length: 170, read: true, image: new Uint8Array([1, 2]) },
    { name: 'Bob', email: null, length: 180, read: false, parent_id: { id: 1, name: 'Ada' } },
    { name: 'Cy', email: 'cy@a.example', length: 160, read: false, born: new Date(0) },
  ],
  'res.country': [{ name: 'Togo' }],
};

const run = (body: string, answers: EnvAnswers = envAnswers(PARTNERS), more: Partial<TestJob> = {}) =>
  runJob(sandbox, {
    files: taskOnly(`export async function handle_button(data: any) {
      const partners = env["res.partner"];
      const why = async (work: any) => { try { return await work(); } catch (error: any) { return error.name + ': ' + error.message; } };
      ${body}
    }`),
    call: answers.call,
    ...more,
  });

/** The result of a task that ended well. */
async function result(body: string, answers?: EnvAnswers): Promise<unknown> {
  const { outcome, result } = await run(body, answers);
  expect(outcome).toMatchObject({ status: 'done' });
  return result;
}

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
    const { result } = await runJob(sandbox, {
      files: {
        'protected.ts':
          'export const names = async () => (await env["res.partner"].search()).mapped("name");',
        ...taskOnly('export const handle_button = () => names();'),
      },
      call: envAnswers(PARTNERS).call,
    });
    expect(result).toEqual(['Ada', 'Bob', 'Cy']);
  });

  it('works in a realm of its own', async () => {
    const { result } = await run(
      'const [ada] = await partners.search(); await ada.write({ name: "A" }); return [ada.name, ada.length, await why(() => ada.none)];',
      undefined,
      { ownRealm: { task: true } },
    );
    expect(result).toEqual(['A', 1, expect.stringMatching(/^TypeError: The field none of res.partner/)]);
  });
});

describe('a set of records', () => {
  it('is iterated as sets of one', async () => {
    const body =
      'const set = await partners.search(); const [first, ...rest] = set; return [first.length, first.ids, rest.length, Object.isFrozen(set.ids)];';
    expect(await result(body)).toEqual([1, [1], 2, true]);
  });

  it('has the operations of sets, in order', async () => {
    const body = `const [a, b, c] = await partners.search();
      const ab = a.union(b), cb = c.union(b).union(c);
      return [ab.ids, cb.ids, ab.union(cb).ids, ab.intersection(cb).ids, ab.difference(cb).ids,
        ab.equals(b.union(a)), ab.equals(a), ab.equals(cb), a.union(a).length, ab.mapped("name")];`;
    expect(await result(body)).toEqual([
      [1, 2],
      [3, 2],
      [1, 2, 3],
      [2],
      [1],
      true,
      false,
      false,
      1,
      ['Ada', 'Bob'],
    ]);
  });

  it('takes only sets of the same model', async () => {
    const body = `const [ada] = await partners.search(); const [togo] = await env["res.country"].search();
      return [ada.equals(togo), await why(() => ada.union(togo)), await why(() => ada.difference([1] as any)), await why(() => ada.equals(1 as any))];`;
    expect(await result(body)).toEqual([
      false,
      'TypeError: union takes records of res.partner, not of res.country.',
      'TypeError: difference takes a set of records.',
      'TypeError: equals takes a set of records.',
    ]);
  });

  it('is filtered and mapped by functions of one record, and by fields', async () => {
    const body = `const set = await partners.search();
      return [set.filtered((p) => p.email).mapped("name"), set.mapped("parent_id"), set.mapped((p) => p.name + p.id), set.mapped("id"),
        await why(() => set.filtered(async () => false)), await why(() => set.filtered("name" as any)), await why(() => set.mapped("none"))];`;
    expect(await result(body)).toEqual([
      ['Ada', 'Cy'],
      [null, { id: 1, name: 'Ada' }, null],
      ['Ada1', 'Bob2', 'Cy3'],
      [1, 2, 3],
      'TypeError: filtered takes a function that answers at once, not an async one.',
      'TypeError: filtered takes a function of one record.',
      expect.stringMatching(
        /^TypeError: The field none of res.partner is not loaded \(record 1\): name it in the fields of search/,
      ),
    ]);
  });

  it('reads fields as plain objects', async () => {
    const body =
      'const set = await partners.browse([2, 1]); return [await set.read(["image", "name"]), (await set.read()).map((values) => Object.keys(values).length > 3), await set.difference(set).read(["name"])];';
    expect(await result(body)).toEqual([
      [
        { id: 2, image: null, name: 'Bob' },
        { id: 1, image: new Uint8Array([1, 2]), name: 'Ada' },
      ],
      [true, true],
      [],
    ]);
  });

  it('writes, and shows what the server made of it', async () => {
    const body = `const set = await partners.search([], { fields: ["name"] }); const [ada] = set;
      const wrote = await ada.write({ name: "A", email: "new" });
      return [wrote, ada.name, ada.email, set.mapped("name"), [...set][0]?.name, Object.keys(ada)];`;
    expect(await result(body)).toEqual([true, 'A', 'new', ['A', 'Bob', 'Cy'], 'A', ['name', 'email']]);
  });

  it('writes to all of its records at once, and an empty one asks nobody', async () => {
    const answers = envAnswers(PARTNERS);
    const body =
      'const set = await partners.search(); await set.write({ email: "x" }); const none = set.difference(set); return [set.mapped("email"), await none.write({ a: 1 }), await none.unlink()];';
    expect(await result(body, answers)).toEqual([['x', 'x', 'x'], true, true]);
    expect(answers.calls.map(([operation]) => operation)).toEqual(['env.search', 'env.write']);
  });

  it('points to one record by a set of one, and to none by an empty one', async () => {
    const answers = envAnswers(PARTNERS);
    const body =
      'const [ada, bob] = await partners.search(); await bob.write({ parent_id: ada, user_id: ada.difference(ada) }); return [bob.parent_id, bob.user_id];';
    expect(await result(body, answers)).toEqual([{ id: 1, name: 'Ada' }, null]);
    expect(answers.calls[1]).toEqual([
      'env.write',
      'res.partner',
      [2],
      [
        ['parent_id', 'record', { model: 'res.partner', id: 1 }],
        ['user_id', 'value', null],
      ],
    ]);
  });

  it('removes its records', async () => {
    const answers = envAnswers(PARTNERS);
    expect(
      await result(
        'const set = await partners.browse([1, 3]); return [await set.unlink(), set.length];',
        answers,
      ),
    ).toEqual([true, 2]);
    expect(answers.all('res.partner').map(({ name }) => name)).toEqual(['Bob']);
  });

  it('posts messages', async () => {
    const body =
      'const [ada] = await partners.search(); const message = await ada.message_post({ body: "Hi" }); return [message.body, message.res_id, message.get("model")];';
    expect(await result(body)).toEqual(['Hi', 1, 'res.partner']);
  });
});

describe('a single record', () => {
  it('gives fields whose names are taken by get', async () => {
    const body =
      'const [ada] = await partners.search(); return [ada.length, ada.get("length"), typeof ada.read, ada.get("read"), ada.get("name"), ada.get("id")];';
    expect(await result(body)).toEqual([1, 170, 'function', true, 'Ada', 1]);
  });

  it('names a field that is not loaded, and says what to do', async () => {
    const body = `const [ada] = await partners.search([], { fields: ["name"] }); const all = await partners.search();
      return [await why(() => ada.email), await why(() => ada.get("email")), await why(() => [...all][0].image)];`;
    const message = (field: string) =>
      `TypeError: The field ${field} of res.partner is not loaded (record 1): name it in the fields of search, or await record.read(["${field}"]).`;
    expect(await result(body)).toEqual([message('email'), message('email'), message('image')]);
  });

  it('is expected where there are none or several', async () => {
    const body =
      'const all = await partners.search(); const none = all.difference(all); return [await why(() => all.name), await why(() => all.id), await why(() => none.id), await why(() => none.get("name")), await why(() => all[0])];';
    const message = (length: number) =>
      `ValidationError: Expected one record of res.partner, the set has ${length}.`;
    expect(await result(body)).toEqual([message(3), message(3), message(0), message(0), message(3)]);
  });

  it('cannot be assigned to', async () => {
    const body = `const [ada] = await partners.search(); const a: any = ada;
      return [await why(() => { a.name = "x" }), await why(() => { a.nmae = "x" }), await why(() => { a.length = 2 }), await why(() => { delete a.name }), ada.name];`;
    expect(await result(body)).toEqual([
      'TypeError: name of a record cannot be assigned: use await record.write({ name: value }).',
      'TypeError: nmae of a record cannot be assigned: use await record.write({ nmae: value }).',
      expect.stringMatching(/^TypeError/),
      expect.stringMatching(/^TypeError/),
      'Ada',
    ]);
  });

  it('is what the language and tools may ask anything', async () => {
    const body = `const [ada] = await partners.search([], { fields: ["name"] }); const a: any = ada;
      const asked = [a.then, a.nodeType, a.$$typeof, a.asymmetricMatch, a["@@iterator"], a[Symbol.toStringTag]];
      return [asked, await a === a, await Promise.resolve(a) === a, String(a), a + "", a.hasOwnProperty("name"), a instanceof Object, { ...a }, "name" in a, "none" in a];`;
    expect(await result(body)).toEqual([
      [undefined, undefined, undefined, undefined, undefined, undefined],
      true,
      true,
      'res.partner(1)',
      'res.partner(1)',
      true,
      true,
      { name: 'Ada' },
      true,
      false,
    ]);
  });

  it('is logged and written as JSON with its id and fields; a set as a list', async () => {
    const body = `const all = await partners.search([["name", "!=", "Cy"]], { fields: ["name"] }); const [ada] = all;
      log(ada); log(all); console.log("is", { ada }); log(all.difference(all));
      return [JSON.stringify(ada), JSON.stringify(all)];`;
    const { result, messages } = await run(body);
    const [ada, bob] = ['{"id":1,"name":"Ada"}', '{"id":2,"name":"Bob"}'];
    expect(messages).toEqual([ada, `[${ada},${bob}]`, `is {"ada":${ada}}`, '[]']);
    expect(result).toEqual([ada, `[${ada},${bob}]`]);
  });

  it('may have a field of any name', async () => {
    const answers = envAnswers({
      'x.y': [JSON.parse('{"__proto__": 1, "constructor": 2, "then": 3, "ids": 4}')],
    });
    const body =
      'const [record]: any = await env["x.y"].search(); return [["__proto__", "constructor", "then", "ids"].map((name) => record.get(name)), typeof record.constructor, record.ids, await record === record];';
    expect(await result(body, answers)).toEqual([[1, 2, 3, 4], 'function', [1], true]);
  });
});

describe('a set of records does not cross', () => {
  it.each([
    [
      'return await partners.search();',
      'result is a set of records of res.partner; only plain data can cross: pass its ids or read(fields)',
    ],
    [
      'return { a: [await partners.browse(1)] };',
      'result.a[0] is a set of records of res.partner; only plain data can cross: pass its ids or read(fields)',
    ],
    [
      'return take(await partners.browse(1));',
      'arguments[0] is a set of records of res.partner; only plain data can cross: pass its ids or read(fields)',
    ],
    [
      'return set_link("r", { a: 1, b: 2 });',
      'result is a set of links; only plain data can cross: pass its external references',
    ],
  ])('%s', async (body, message) => {
    const files = {
      'protected.ts': 'export const take = (value: unknown) => value;',
      ...taskOnly(`export async function handle_button() { const partners = env["res.partner"]; ${body} }`),
    };
    const { outcome } = await runJob(sandbox, { files, call: envAnswers(PARTNERS).call });
    expect(outcome).toMatchObject({ status: 'failed', error: { name: 'TypeError', message } });
  });
});

describe('handle_db', () => {
  const files = taskOnly(
    'export const handle_db = async (records: any) => [records.length, records.ids, records.mapped("name"), await records.read(["email"]).catch((e: any) => e.name)];',
  );

  it('is given the records with the values they came with', async () => {
    const input = { model: 'res.partner', records: [{ id: 1, name: 'Ada' }, { id: 2 }], deleted: false };
    const { result } = await runJob(sandbox, {
      files,
      input,
      handler: 'handle_db',
      call: envAnswers(PARTNERS).call,
    });
    expect(result).toEqual([
      2,
      [1, 2],
      ['Ada', null],
      [
        { id: 1, email: 'ada@a.example' },
        { id: 2, email: null },
      ],
    ]);
  });

  it('is given what deleted records were', async () => {
    const input = { model: 'res.partner', records: [{ id: 9, name: 'Gone' }], deleted: true };
    const { result } = await runJob(sandbox, { files, input, handler: 'handle_db', call: envAnswers().call });
    expect(result).toEqual([1, [9], ['Gone'], 'ValidationError']);
  });

  it('is not started with anything else', async () => {
    for (const input of [null, [], { model: 'a' }, { model: 'a', records: [{}] }]) {
      const { outcome } = await runJob(sandbox, { files, input, handler: 'handle_db' });
      expect(outcome).toMatchObject({ status: 'failed', error: { name: 'TypeError' } });
    }
  });
});

it('an error of the server has the line of the code that asked', async () => {
  const files = taskOnly(`export async function handle_button() {
  await env["a.b"].search([["x", "~", 1]]);
}`);
  const { outcome } = await runJob(sandbox, { files, call: envAnswers({ 'a.b': [{ x: 1 }] }).call });
  expect(outcome).toMatchObject({
    status: 'failed',
    error: { name: 'ValidationError', file: 'tasks/t.ts', line: 2 },
  });
});
