import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resultOf } from '../support/run-code.ts';
import type { TestRuntime } from '../support/runtime.ts';
import { openTestRuntime } from '../support/runtime.ts';

let works: TestRuntime;
beforeAll(async () => {
  works = await openTestRuntime();
});
afterAll(() => works.close());

const PRELUDE = `
  const partner = (name) => env['res.partner'].create({ name });
  const refused = async (promise) => promise.then(() => 'taken', (error) => error.name);`;

/** Each in a project of its own, so with links of its own. */
const run = (code: string) => resultOf(works, code, PRELUDE);

describe('a link of a record', () => {
  it('ties it to a reference, which is compared as text', async () => {
    expect(
      await run(`
        const ada = await partner('Ada');
        const link = await ada.set_link('rel', 5, { sync_date: new Date(1000) });
        const [found] = await ada.search_links('rel');
        return [link.external, link.odoo.equals(ada), link.sync_date.getTime(), found.equals(link),
          (await get_link('rel', '5')).length, (await get_link('rel', 6)).length];`),
    ).toEqual(['5', true, 1000, true, 1, 0]);
  });

  it('is reused when it is set again, with a new date', async () => {
    expect(
      await run(`
        const ada = await partner('Ada');
        const one = await ada.set_link('rel', 'a', { sync_date: new Date(1000) });
        const two = await ada.set_link('rel', 'a', { sync_date: new Date(2000) });
        return [one.equals(two), two.sync_date.getTime(), (await ada.search_links('rel')).length];`),
    ).toEqual([true, 2000, 1]);
  });

  it('refuses a second reference and a second record, unless told otherwise', async () => {
    expect(
      await run(`
        const [ada, bob] = [await partner('Ada'), await partner('Bob')];
        await ada.set_link('rel', 'a');
        const first = [await refused(ada.set_link('rel', 'b')), await refused(bob.set_link('rel', 'a'))];
        await ada.set_link('rel', 'b', { allow_many2many: true });
        await bob.set_link('rel', 'a', { allow_many2many: true });
        const both = await ada.union(bob).search_links('rel');
        return [...first, both.length, both.external.toSorted(), await refused(get_link('rel', 'a')),
          await refused(ada.set_link('other', 'b'))];`),
    ).toEqual(['ValidationError', 'ValidationError', 3, ['a', 'a', 'b'], 'ValidationError', 'taken']);
  });

  it('is found among those of many records, also by references', async () => {
    expect(
      await run(`
        const [ada, bob, eve] = [await partner('Ada'), await partner('Bob'), await partner('Eve')];
        await ada.set_link('rel', 1);
        await bob.set_link('rel', 2);
        const all = ada.union(bob).union(eve);
        const some = await all.search_links('rel', [2, 3]);
        return [(await all.search_links('rel')).length, some.external, some.odoo.ids[0] === bob.id];`),
    ).toEqual([2, '2', true]);
  });

  it('has a date that can be brought up to now, and ends by unlink', async () => {
    expect(
      await run(`
        const ada = await partner('Ada');
        const link = await ada.set_link('rel', 1, { sync_date: new Date(1000) });
        await link.update_links();
        const date = (await get_link('rel', 1)).sync_date.getTime();
        await link.unlink();
        return [date > 1_700_000_000_000, (await get_link('rel', 1)).length];`),
    ).toEqual([true, 0]);
  });
});

describe('sets of links', () => {
  it('are united, cut and compared, and have the oldest date', async () => {
    expect(
      await run(`
        const [ada, bob] = [await partner('Ada'), await partner('Bob')];
        const a = await ada.set_link('rel', 1, { sync_date: new Date(3000) });
        const b = await bob.set_link('rel', 2, { sync_date: new Date(2000) });
        const both = a.union(b);
        return [both.length, both.sync_date.getTime(), both.difference(a).equals(b), both.intersection(b).equals(b),
          both.symmetricDifference(b).equals(a), a.union(a).length, [...both].map((link) => link.external)];`),
    ).toEqual([2, 2000, true, true, true, 1, ['1', '2']]);
  });
});

describe('links between other systems', () => {
  it('tie two references together, and are found by either', async () => {
    expect(
      await run(`
        await set_link('issue', { github: 1, trello: 101 }, { model: 'card' });
        await set_link('issue', { github: 2, trello: 102 });
        const one = await get_link('issue', { github: 1, trello: null });
        const many = await search_links('issue', { github: [1, 2], trello: null });
        const none = await search_links('issue', { github: 1, trello: 102 });
        return [one.get('trello'), many.get('github').toSorted(), none.length,
          await refused(set_link('issue', { github: 1, trello: 103 }))];`),
    ).toEqual([['101'], ['1', '2'], 0, 'ValidationError']);
  });
});

describe('the sync helpers', () => {
  it('create what has no link, and update what has one', async () => {
    expect(
      await run(`
        const seen = [];
        const [ada, bob] = [await partner('Ada'), await partner('Bob')];
        const info = {
          relation: 'sync',
          x: {
            create: (record) => { seen.push('new ' + record.name); return 'x' + record.id; },
            update: (reference, record) => { seen.push('old ' + record.name); },
            get_ref: (item) => item.id,
          },
          odoo: {
            create: (item) => env['res.partner'].create({ name: item.name }),
            update: async (record, item) => { await record.write({ name: item.name }); },
          },
        };
        await sync_odoo2x(ada, info, { create: true, update: true });
        await sync_odoo2x(ada.union(bob), info, { create: true, update: true });
        await sync_x2odoo([{ id: 'x' + bob.id, name: 'Robert' }, { id: 'y', name: 'Eve' }], info, { create: true, update: true });
        const eve = (await get_link('sync', 'y')).odoo;
        return [seen, (await env['res.partner'].browse(bob.id)).name, (await eve.read(['name']))[0].name];`),
    ).toEqual([['new Ada', 'old Ada', 'new Bob'], 'Robert', 'Eve']);
  });

  it('bring two other systems in step', async () => {
    expect(
      await run(`
        const made = [];
        const github = { system: 'github', get_ref: (issue) => issue.number };
        const trello = { system: 'trello', create: (issue) => { made.push(issue.title); return 't' + issue.number; },
          update: (reference, issue) => { made.push(reference + ' ' + issue.title); } };
        await sync_external([{ number: 1, title: 'A' }], 'issue', github, trello, { create: true, update: true });
        await sync_external([{ number: 1, title: 'B' }], 'issue', github, trello, { create: true, update: true });
        return made;`),
    ).toEqual(['A', 't1 B']);
  });
});
