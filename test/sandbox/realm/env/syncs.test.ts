import { describe, expect, it } from 'vitest';
import { type EnvAnswers, envAnswers } from '../../../support/env-answers.ts';
import { useEnvTask } from '../../../support/env-task.ts';
import { taskOnly } from '../../../support/sandbox.ts';

const task = useEnvTask();

const RECORDS = { 'res.partner': [{ name: 'Ada' }, { name: 'Bob' }, { name: 'Cy' }] };

/** What the body of a task returns, with the records at hand. */
const result = (body: string, answers: EnvAnswers = envAnswers(RECORDS)): Promise<unknown> =>
  task.result(
    `const did: any[] = []; const all = await partners.search(); const [ada, bob, cy] = all; ${body}`,
    answers,
  );

const links = (answers: EnvAnswers) => answers.links.map(({ refs }) => refs.map(([, text]) => text));
const count = (answers: EnvAnswers, operation: string) =>
  answers.calls.filter(([name]) => name === operation).length;

describe('sync_odoo2x', () => {
  const INFO = `const info = { relation: "r", x: {
    async create(record) { did.push(["create", record.name]); return "x" + record.id; },
    async update(reference, record) { did.push(["update", reference, record.name]); },
  } };`;

  it('creates what has no link and updates what has one, in order, with one search', async () => {
    const answers = envAnswers(RECORDS);
    const body = `${INFO} await bob.set_link("r", "old", { sync_date: new Date(0) });
      await sync_odoo2x(all, info, { create: true, update: true });
      return [did, Number((await bob.search_links("r")).sync_date) > 0];`;
    expect(await result(body, answers)).toEqual([
      [
        ['create', 'Ada'],
        ['update', 'old', 'Bob'],
        ['create', 'Cy'],
      ],
      true,
    ]);
    expect(links(answers)).toEqual([
      ['2', 'old'],
      ['1', 'x1'],
      ['3', 'x3'],
    ]);
    expect(count(answers, 'link.search')).toBe(2);
  });

  it.each([
    [
      '{ create: true }',
      [
        ['create', 'Ada'],
        ['create', 'Cy'],
      ],
    ],
    ['{ update: true }', [['update', 'old', 'Bob']]],
    ['{}', []],
    ['undefined', []],
  ])('does only what %s says', async (options, did) => {
    expect(
      await result(
        `${INFO} await bob.set_link("r", "old"); await sync_odoo2x(all, info, ${options}); return did;`,
      ),
    ).toEqual(did);
  });

  it('does not touch the date of a link whose update failed, and stops there', async () => {
    const answers = envAnswers(RECORDS);
    const body = `await bob.set_link("r", "old", { sync_date: new Date(0) });
      const x = { create: (record: any) => record.id, update() { throw new UserError("no"); } };
      return why(() => sync_odoo2x(all, { relation: "r", x }, { create: true, update: true }));`;
    expect(await result(body, answers)).toBe('UserError: no');
    expect(answers.links.map(({ sync_date }) => sync_date.getTime() === 0)).toEqual([true, false]);
  });

  it('calls functions as methods of their object, those of Protected Code too', async () => {
    const answers = envAnswers(RECORDS);
    const files = {
      'protected.ts':
        'export const api = { create: (name: string) => "p-" + name, update: (ref: string, name: string) => {} };',
      ...taskOnly(`export async function handle_button() {
        const x = { prefix: "t-", create(record: any) { return api.create(this.prefix + record.name); } };
        await sync_odoo2x(await env["res.partner"].browse(1), { relation: "r", x }, { create: true });
      }`),
    };
    expect((await task.run({ files }, answers)).outcome.status).toBe('done');
    expect(links(answers)).toEqual([['1', 'p-t-Ada']]);
  });
});

describe('sync_x2odoo', () => {
  const INFO = `const info = { relation: "r",
    x: { get_ref: (item) => item.key },
    odoo: {
      create(item) { did.push(["create", item.key]); return partners.create({ name: item.key }); },
      async update(record, item) { did.push(["update", record.id, item.key]); await record.write({ name: item.key }); },
    } };`;

  it('creates and updates records for items, in order, with one search', async () => {
    const answers = envAnswers(RECORDS);
    const body = `${INFO} await bob.set_link("r", 2);
      await sync_x2odoo([{ key: 1 }, { key: 2 }, { key: "1" }], info, { create: true, update: true }); return did;`;
    expect(await result(body, answers)).toEqual([
      ['create', 1],
      ['update', 2, 2],
      ['update', 4, '1'],
    ]);
    expect(links(answers)).toEqual([
      ['2', '2'],
      ['4', '1'],
    ]);
    expect(count(answers, 'link.search')).toBe(1);
    expect(answers.all('res.partner').map(({ name }) => name)).toEqual(['Ada', 2, 'Cy', '1']);
  });

  it('asks for nothing when there are no items', async () => {
    const answers = envAnswers(RECORDS);
    await result(`${INFO} await sync_x2odoo([], info, { create: true });`, answers);
    expect(answers.calls).toHaveLength(1);
  });
});

describe('sync_external', () => {
  it('brings two systems in step', async () => {
    const answers = envAnswers();
    const body = `await set_link("r", { github: 2, trello: "old" });
      const src = { system: "github", get_ref: async (item) => item };
      const dst = { system: "trello", create: (item) => "t" + item, update(reference, item) { did.push([reference, item]); } };
      await sync_external(new Set([1, 2]), "r", src, dst, { create: true, update: true });
      return [did, (await get_link("r", { github: 1, trello: null })).get("trello")];`;
    expect(await result(body, answers)).toEqual([[['old', 2]], ['t1']]);
    expect(count(answers, 'link.search')).toBe(2);
  });
});

describe('a sync', () => {
  it('is one to one: several links of one thing are a ValidationError', async () => {
    const body = `await ada.set_link("r", 1); await ada.set_link("r", 2, { allow_many2many: true });
      return why(() => sync_odoo2x(all, { relation: "r", x: { update() {} } }, { update: true }));`;
    expect(await result(body)).toBe(
      'ValidationError: sync_odoo2x: 1 has 2 links; it synchronises one to one. Remove the others.',
    );
  });

  it.each([
    ['sync_odoo2x([ada] as any, { relation: "r", x: {} })', 'sync_odoo2x takes a set of records.'],
    [
      'sync_odoo2x(all, { relation: "r", x: {} }, { create: true })',
      'sync_odoo2x: info.x.create is missing: give a function.',
    ],
    [
      'sync_odoo2x(all, { relation: "r" } as any, { update: true })',
      'sync_odoo2x: info.x.update is missing: give a function.',
    ],
    ['sync_odoo2x(all, { x: {} } as any)', 'sync_odoo2x: info.relation is a text that is not empty.'],
    ['sync_odoo2x(all, null as any)', 'sync_odoo2x takes info as an object: { relation, x, ... }.'],
    [
      'sync_odoo2x(all, { relation: "r", x: {} }, { delete: true } as any)',
      'sync_odoo2x has no option "delete"; there are create, update.',
    ],
    [
      'sync_odoo2x(all, { relation: "r", x: {} }, { create: "yes" } as any)',
      'sync_odoo2x: create is true or false.',
    ],
    [
      'sync_odoo2x(all, { relation: "r", x: { create() {} } } as any, { create: true })',
      'sync_odoo2x: what info.x.create returns is a text or a number.',
    ],
    [
      'sync_x2odoo([1], { relation: "r", x: {} } as any)',
      'sync_x2odoo: info.x.get_ref is missing: give a function.',
    ],
    [
      'sync_x2odoo(1 as any, { relation: "r", x: { get_ref() {} } } as any)',
      'sync_x2odoo takes a list of items.',
    ],
    [
      'sync_x2odoo([1], { relation: "r", x: { get_ref() { return null } } } as any)',
      'sync_x2odoo: what get_ref returns is a text or a number, not null.',
    ],
    [
      'sync_x2odoo([1], { relation: "r", x: { get_ref: () => 1 }, odoo: { create: () => all } } as any, { create: true })',
      'sync_x2odoo: info.odoo.create returns one record; it returned something else.',
    ],
    [
      'sync_external([1], "r", { system: "a", get_ref: () => 1 }, { system: "a" })',
      'sync_external: src and dst are both of the system "a".',
    ],
    [
      'sync_external([1], "r", { system: "a", get_ref: () => 1 }, {} as any)',
      'sync_external: dst.system is a text that is not empty.',
    ],
    [
      'sync_external([1], "r", { system: "odoo", get_ref: () => 1 }, { system: "a" })',
      'sync_external: src.system: "odoo" is of links of records; use sync_odoo2x or sync_x2odoo.',
    ],
    [
      'sync_external([1], "r", { system: "a", get_ref: () => 1 }, { system: "b" }, { update: true })',
      'sync_external: dst.update is missing: give a function.',
    ],
  ])('%s is refused with a TypeError that says why', async (code, message) => {
    expect(await result(`return why(() => ${code});`)).toBe(`TypeError: ${message}`);
  });
});
