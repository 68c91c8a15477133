import { describe, expect, it } from 'vitest';
import { type EnvAnswers, envAnswers } from '../../../support/env-answers.ts';
import { useEnvTask } from '../../../support/env-task.ts';
import { taskOnly } from '../../../support/sandbox.ts';

const task = useEnvTask();

const RECORDS = {
  'res.partner': [{ name: 'Ada' }, { name: 'Bob' }, { name: 'Cy' }],
  'res.country': [{ name: 'Togo' }],
};

/** What the body of a task returns, with the records at hand. */
const result = (body: string, answers: EnvAnswers = envAnswers(RECORDS)): Promise<unknown> =>
  task.result(
    `const did: any[] = []; const all = await partners.search(); const [ada, bob, cy] = all; ${body}`,
    answers,
  );

describe('links of records', () => {
  it('are made of a record and a reference, and found again by both', async () => {
    const body = `const link = await ada.set_link("gh_user", 7, { sync_date: new Date(5) });
      const found = await all.search_links("gh_user");
      return [link.length, link.external, link.odoo.ids, link.sync_date, link.get("odoo"), link.get("external"), found.equals(link),
        (await get_link("gh_user", "7")).odoo.equals(ada), (await search_links("gh_user", [7, 8])).length, (await search_links("gh_user")).external];`;
    expect(await result(body)).toEqual([1, '7', [1], new Date(5), ['1'], ['7'], true, true, 1, '7']);
  });

  it('ask the server in one form', async () => {
    const answers = envAnswers(RECORDS);
    await result(
      `await ada.set_link("r", "x", { sync_date: new Date(5), allow_many2many: true }); await ada.set_link("r", "y", { allow_many2many: true });
       await all.search_links("r", ["x", "x", 1]); await all.search_links("r", "y"); await search_links("r", 3); await ada.make_ref("pre.fix.1", new Date(6));`,
      answers,
    );
    const set = { relation: 'r', model: 'res.partner', sync_date: null, allow_many2many: true };
    const search = { relation: 'r', model: 'res.partner' };
    const all = ['1', '2', '3'];
    expect(answers.calls.slice(1).map(([, request]) => request)).toEqual([
      {
        ...set,
        refs: [
          ['odoo', '1'],
          ['external', 'x'],
        ],
        sync_date: new Date(5),
      },
      {
        ...set,
        refs: [
          ['odoo', '1'],
          ['external', 'y'],
        ],
      },
      {
        ...search,
        refs: [
          ['odoo', all],
          ['external', ['x', '1']],
        ],
      },
      {
        ...search,
        refs: [
          ['odoo', all],
          ['external', ['y']],
        ],
      },
      {
        relation: 'r',
        model: null,
        refs: [
          ['odoo', null],
          ['external', ['3']],
        ],
      },
      {
        relation: 'pre',
        model: 'res.partner',
        refs: [
          ['odoo', '1'],
          ['external', 'fix.1'],
        ],
        sync_date: new Date(6),
        allow_many2many: false,
      },
    ]);
  });

  it('are one to one unless many are allowed; the same one again is the same link with a new date', async () => {
    const body = `const link = await ada.set_link("r", "a", { sync_date: new Date(1) });
      const again = await ada.set_link("r", "a", { sync_date: new Date(2) });
      const refused = [await why(() => ada.set_link("r", "b")), await why(() => bob.set_link("r", "a"))].map((e) => e.split(":")[0]);
      const other = await ada.set_link("other", "b");
      const many = await ada.set_link("r", "b", { allow_many2many: true });
      return [again.equals(link), again.sync_date, refused, other.length, many.external, (await ada.search_links("r")).external];`;
    expect(await result(body)).toEqual([
      true,
      new Date(2),
      ['ValidationError', 'ValidationError'],
      1,
      'b',
      ['a', 'b'],
    ]);
  });

  it('are found of these records and references only', async () => {
    const body = `await ada.set_link("r", 1); await bob.set_link("r", 2); await cy.set_link("r", 3);
      const two = ada.union(bob); const none = ada.difference(ada);
      return [(await two.search_links("r")).external, (await two.search_links("r", [2, 3])).external, (await two.search_links("r", 1)).external,
        (await two.search_links("r", [])).length, (await none.search_links("r")).length, (await none.search_links("r")).odoo.length];`;
    const answers = envAnswers(RECORDS);
    expect(await result(body, answers)).toEqual([['1', '2'], '2', '1', 0, 0, 0]);
    expect(answers.calls.filter(([operation]) => operation === 'link.search')).toHaveLength(3);
  });

  it('belong to one record', async () => {
    const body =
      'const none = ada.difference(ada); return [await why(() => all.set_link("r", 1)), await why(() => none.set_link("r", 1)), await why(() => all.make_ref("r.1"))];';
    const message = (length: number) =>
      `ValidationError: Expected one record of res.partner, the set has ${length}.`;
    expect(await result(body)).toEqual([message(3), message(0), message(3)]);
  });

  it('are made of a prefix and a reference in the older form', async () => {
    const body =
      'const link = await ada.make_ref("tg.12.3", new Date(9)); return [link.external, link.sync_date, (await get_link("tg", "12.3")).equals(link), await why(() => ada.make_ref("tg")), await why(() => ada.make_ref(".x"))];';
    expect(await result(body)).toEqual([
      '12.3',
      new Date(9),
      true,
      'ValidationError: make_ref takes "relation.reference", not "tg".',
      'ValidationError: make_ref takes "relation.reference", not ".x".',
    ]);
  });
});

describe('get_link', () => {
  it('gives one link or an empty set, and refuses several', async () => {
    const body = `await ada.set_link("r", 1); await bob.set_link("r", 1, { allow_many2many: true });
      const none = await get_link("r", "none");
      return [none.length, none.odoo.ids, none.external, none.sync_date, none.get("odoo"), none.odoo.union(ada).name, await why(() => get_link("r", 1))];`;
    expect(await result(body)).toEqual([
      0,
      [],
      [],
      null,
      [],
      'Ada',
      'ValidationError: get_link: 2 links of r match, one was expected. Use search_links.',
    ]);
  });
});

describe('links between two systems', () => {
  it('are made and found by the references of one or of both', async () => {
    const body = `await set_link("card", { github: 1, trello: 101 }); await set_link("card", { github: 2, trello: 102 });
      const one = await get_link("card", { github: 1, trello: null });
      return [one.get("trello"), one.get("github"), (await search_links("card", { github: [1, 2], trello: null })).get("trello"),
        (await search_links("card", { github: [1, 2], trello: [102] })).get("github"), (await search_links("card", { github: 1, trello: "102" })).length,
        (await get_link("card", { github: 3, trello: null })).length];`;
    expect(await result(body)).toEqual([['101'], ['1'], ['101', '102'], ['2'], 0, 0]);
  });

  it('say so where records or one external reference are asked for', async () => {
    const body = `const link = await set_link("card", { github: 1, trello: 101 });
      return [await why(() => link.odoo), await why(() => link.external), await why(() => link.get("jira"))];`;
    expect(await result(body)).toEqual([
      'TypeError: .odoo: the links are between github and trello. Ask for one of these by get(system).',
      'TypeError: .external: the links are between github and trello. Ask for one of these by get(system).',
      'TypeError: get("jira"): the links are between github and trello. Ask for one of these by get(system).',
    ]);
  });

  it('are sent with their model, date and leave for many', async () => {
    const answers = envAnswers();
    await result(
      'await set_link("card", { github: "a", trello: 1.5 }, { model: "res.partner", sync_date: new Date(1), allow_many2many: true });',
      answers,
    );
    expect(answers.calls.at(-1)).toEqual([
      'link.set',
      {
        relation: 'card',
        model: 'res.partner',
        refs: [
          ['github', 'a'],
          ['trello', '1.5'],
        ],
        sync_date: new Date(1),
        allow_many2many: true,
      },
    ]);
  });
});

describe('a set of links', () => {
  const LINKS =
    'const a = await ada.set_link("r", 1, { sync_date: new Date(30) }), b = await bob.set_link("r", 2, { sync_date: new Date(20) }), c = await cy.set_link("r", 3, { sync_date: new Date(10) });';

  it('has the operations of sets', async () => {
    const body = `${LINKS} const ab = a.union(b), bc = b.union(c); const ids = (set: any) => [...set].map((l) => l.external);
      return [ids(ab.union(bc)), ids(ab.intersection(bc)), ids(ab.difference(bc)), ids(ab.symmetricDifference(bc)), ab.equals(b.union(a)), ab.equals(bc), ab.length];`;
    expect(await result(body)).toEqual([['1', '2', '3'], ['2'], ['1'], ['1', '3'], true, false, 2]);
  });

  it('has the records, the references and the oldest date of all', async () => {
    const body = `${LINKS} const abc = a.union(b).union(c); return [abc.odoo.ids, abc.external, abc.sync_date, await why(() => abc.odoo.mapped("name")), (await abc.odoo.read(["name"])).map((p) => p.name)];`;
    expect(await result(body)).toEqual([
      [1, 2, 3],
      ['1', '2', '3'],
      new Date(10),
      expect.stringMatching(/^TypeError: The field name of res.partner is not loaded/),
      ['Ada', 'Bob', 'Cy'],
    ]);
  });

  it('updates its date, for all sets that have these links', async () => {
    const answers = envAnswers(RECORDS);
    const body = `${LINKS} const ab = a.union(b); const before = Date.now();
      await ab.update_links(new Date(99)); const dates = [a.sync_date, b.sync_date, ab.sync_date];
      await a.update_links(); const now = Number(a.sync_date) >= before;
      const none = a.difference(a); return [dates, now, (await none.update_links()).length, await none.unlink(), await why(() => a.update_links("today" as any))];`;
    expect(await result(body, answers)).toEqual([
      [new Date(99), new Date(99), new Date(99)],
      true,
      0,
      true,
      'TypeError: update_links: the date is a valid Date: new Date("2026-12-01T02:00:00Z").',
    ]);
  });

  it('is removed', async () => {
    const answers = envAnswers(RECORDS);
    expect(await result(`${LINKS} return a.union(c).unlink();`, answers)).toBe(true);
    expect(answers.links.map(({ refs }) => refs[1])).toEqual([['external', '2']]);
  });

  it('keeps its date from being changed', async () => {
    expect(await result(`${LINKS} a.sync_date?.setTime(0); return a.sync_date;`)).toEqual(new Date(30));
  });

  it('is of one model where its records are asked for', async () => {
    const body = `${LINKS} const [togo] = await env["res.country"].search(); const t = await togo.set_link("r", 9);
      return [t.odoo.ids, await why(() => t.union(a).odoo), await why(() => a.union(ada as any))];`;
    expect(await result(body)).toEqual([
      [1],
      'TypeError: The links are of several models (res.country, res.partner): take .odoo of each.',
      'TypeError: union takes a set of links.',
    ]);
  });

  it('is logged with what it links', async () => {
    const files = taskOnly(
      'export async function handle_button() { const l = await set_link("r", { a: 1, b: 2 }, { sync_date: new Date(0) }); log(l); return await l === l; }',
    );
    const { result, messages } = await task.run({ files }, envAnswers());
    expect(messages).toEqual([
      '[{"id":1,"relation":"r","model":null,"refs":{"a":"1","b":"2"},"sync_date":1970-01-01T00:00:00.000Z}]',
    ]);
    expect(result).toBe(true);
  });
});

it.each([
  ['ada.set_link("r", null as any)', 'set_link: the external reference is a text or a number, not null.'],
  ['ada.set_link("r", [1] as any)', 'set_link: the external reference is a text or a number.'],
  ['ada.set_link("r", NaN)', 'set_link: the external reference is a text or a number.'],
  ['ada.set_link("", 1)', 'set_link: the relation is a text that is not empty.'],
  [
    'ada.set_link("r", 1, { date: 1 } as any)',
    'set_link has no option "date"; there are sync_date, allow_many2many.',
  ],
  [
    'ada.set_link("r", 1, { sync_date: "2026-12-01" as any })',
    'set_link: sync_date is a valid Date: new Date("2026-12-01T02:00:00Z").',
  ],
  ['ada.set_link("r", 1, { allow_many2many: 1 as any })', 'set_link: allow_many2many is true or false.'],
  [
    'ada.search_links("r", [1, {}] as any)',
    'search_links: the external references[1] is a text or a number.',
  ],
  ['set_link("r", { a: 1 } as any)', 'set_link takes references of two systems: { github: 1, trello: 101 }.'],
  ['set_link("r", 1 as any)', 'set_link takes references of two systems: { github: 1, trello: 101 }.'],
  [
    'set_link("r", { a: 1, b: null } as any)',
    'set_link: the reference of b is a text or a number, not null.',
  ],
  [
    'set_link("r", { a: 1, odoo: 2 })',
    'set_link: "odoo" is of links of records; use record.set_link for these.',
  ],
  [
    'search_links("r", { a: 1, b: undefined } as any)',
    'search_links: the reference of b is a text or a number.',
  ],
  [
    'search_links("r", { a: 1, b: 2, c: 3 } as any)',
    'search_links takes references of two systems: { github: 1, trello: 101 }.',
  ],
  ['get_link("r", { a: [1, 2], b: null } as any)', 'get_link: the reference of a is a text or a number.'],
])('%s is refused with a TypeError that says why', async (code, message) => {
  const answers = envAnswers(RECORDS);
  expect(await result(`return why(() => ${code});`, answers)).toBe(`TypeError: ${message}`);
  expect(answers.calls).toHaveLength(1);
});
