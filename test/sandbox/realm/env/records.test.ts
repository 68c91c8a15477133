import { describe, expect, it } from 'vitest';
import { envAnswers } from '../../../support/env-answers.ts';
import { PARTNERS, useEnvTask } from '../../../support/env-task.ts';
import { taskOnly } from '../../../support/sandbox.ts';

const { run, result } = useEnvTask();

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
  it('is the same object each time, and shows what was written through another set', async () => {
    const body = `const all = await partners.search([], { fields: ["name"] }); const [ada] = all;
      const same = [[...all][0] === ada, all.filtered((p) => p.id === 1) === ada, ada.union(ada) === ada];
      await all.write({ email: "x" }); return [same, ada.email, Object.keys(ada), (await partners.browse(1)) === ada];`;
    expect(await result(body)).toEqual([[true, true, true], 'x', ['name', 'email'], false]);
  });

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
    const files = taskOnly(`export async function handle_button() {
      const all = await env["res.partner"].search([["name", "!=", "Cy"]], { fields: ["name"] }); const [ada] = all;
      log(ada); log(all); console.log("is", { ada }); log(all.difference(all));
      return [JSON.stringify(ada), JSON.stringify(all)];
    }`);
    const { result, messages } = await run({ files });
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
