import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resultOf } from '../support/run-code.ts';
import type { TestRuntime } from '../support/runtime.ts';
import { clickButton, deployTask, linesOf, openTestRuntime } from '../support/runtime.ts';
import { until } from '../support/wait-for.ts';

let works: TestRuntime;
beforeAll(async () => {
  works = await openTestRuntime();
});
afterAll(() => works.close());

const run = (code: string) => resultOf(works, code);

describe('code with env', () => {
  it('makes, finds, changes and deletes records', async () => {
    expect(
      await run(`
        const ada = await env['res.partner'].create({ name: 'Ada', ref: 'f1', image_1920: new Uint8Array([1, 2]) });
        await ada.write({ email: 'ada@x.org' });
        const found = await env['res.partner'].search([['ref', '=', 'f1']], { order: 'name' });
        const [{ image_1920 }] = await found.read(['image_1920']);
        await ada.message_post({ body: 'Hi' });
        const messages = await env['mail.message'].search([['model', '=', 'res.partner'], ['res_id', '=', ada.id]]);
        const before = [found.length, found.name, found.email, found.parent_id, [...image_1920], messages.body];
        await found.unlink();
        return [...before, await env['res.partner'].search_count([['ref', '=', 'f1']])];`),
    ).toEqual([1, 'Ada', 'ada@x.org', null, [1, 2], 'Hi', 0]);
  });

  it('points one record to another, and asks by the path', async () => {
    expect(
      await run(`
        const company = await env['res.partner'].create({ name: 'Engines' });
        const ada = await env['res.partner'].create({ name: 'Ada 2', parent_id: company });
        const order = await env['x.order'].create({ partner_id: ada, at: new Date(5) });
        const found = await env['x.order'].search([['partner_id.parent_id.name', 'ilike', 'engin']]);
        return [ada.parent_id.name, found.equals(order), found.at.getTime(), found.partner_id.name];`),
    ).toEqual(['Engines', true, 5, 'Ada 2']);
  });

  it('commits a transaction together or not at all', async () => {
    expect(
      await run(`
        const count = () => env['x.tx'].search_count([]);
        const [a] = await env.transaction(async () => {
          const one = await env['x.tx'].create({ n: 1 });
          await one.write({ n: 2 });
          const inside = await env['x.tx'].search([['n', '=', 2]]);
          return [inside.length];
        });
        try {
          await env.transaction(async () => {
            await env['x.tx'].create({ n: 3 });
            throw new UserError('no');
          });
        } catch (error) {
          return [a, error.message, await count()];
        }`),
    ).toEqual([1, 'no', 1]);
  });

  it('finds a record by the name that make_ref gave it', async () => {
    expect(
      await run(`
        const ada = await env['res.partner'].create({ name: 'Ada 3' });
        await ada.make_ref('odoo2odoo_partner.123', new Date(7));
        const link = await get_link('odoo2odoo_partner', 123);
        return [(await env.ref('odoo2odoo_partner.123')).name, link.sync_date.getTime(), link.odoo.ids[0] === ada.id,
          await env.ref('odoo2odoo_partner.124')];`),
    ).toEqual(['Ada 3', 7, true, null]);
  });

  it.each([
    ["await env['res.partner'].create({ name: 5 })", 'ValidationError: res.partner.name takes text, not 5.'],
    ["await env['res.partner'].search([['name', 'near', 'x']])", 'ValidationError: '],
    ["await env['res.partner'].search([['create_date', '>', 'soon']])", 'bad date'],
    ["(await env['res.partner'].browse([99999999]))", 'MissingError: res.partner(99999999) does not exist'],
    ["await env['x.none'].call('action_done', [])", 'has no method "action_done" on the embedded connection'],
  ])('is told what is wrong: %s', async (code, message) => {
    expect(await run(code)).toContain(message);
  });
});

describe('a db trigger', () => {
  it('gives its handler the records, with which it goes on working', async () => {
    await deployTask(works.runtime, {
      slug: 'reacts',
      code: `
        async function handle_button() {
          const lead = await env['x.lead'].create({ name: 'L', at: new Date(5) });
          await lead.unlink();
        }
        async function handle_db(records) {
          for (const record of records) {
            log([TRIGGER_NAME, record.name, record.at.getTime(), record.id > 0, user.name]);
            if (TRIGGER_NAME === 'MADE') await env['x.note'].create({ text: 'about ' + record.name });
          }
        }`,
      triggers: [
        '{type: button, name: GO}',
        '{type: db, name: MADE, model: x.lead, on: create}',
        '{type: db, name: GONE, model: x.lead, on: delete, apply_on: [["name", "=", "L"]]}',
      ],
    });
    await clickButton(works.runtime, 'reacts', 'GO');
    const finished = async () =>
      (await works.store.listJobs({ project: 'reacts', status: 'done' }, { limit: 9 })).items;
    await until('all jobs are done', async () => (await finished()).length === 3, 15_000);
    const lines = await Promise.all((await finished()).map(({ id }) => linesOf(works.store, id)));
    expect(
      lines
        .flat()
        .map(({ message }) => JSON.parse(message))
        .toSorted(),
    ).toEqual([
      ['GONE', 'L', 5, true, 'The manager'],
      ['MADE', 'L', 5, true, 'The manager'],
    ]);
  });

  it('whose own jobs fire it again and again is ended, and says so', async () => {
    await deployTask(works.runtime, {
      slug: 'endless',
      code: `
        async function handle_button() { await env['x.loop'].create({ n: 0 }); }
        async function handle_db(records) { for (const record of records) await record.write({ n: record.n + 1 }); }`,
      triggers: ['{type: button, name: GO}', '{type: db, name: LOOP, model: x.loop, on: create_or_update}'],
    });
    await clickButton(works.runtime, 'endless', 'GO');
    const told = async () =>
      (await works.store.listLogs({ project: 'endless', level: 'error' }, { limit: 5 })).items;
    await until('it was ended', async () => (await told()).length > 0, 30_000);
    expect((await told())[0]).toMatchObject({
      trigger: 'LOOP',
      message: expect.stringContaining('20 times in a row'),
    });
    expect(
      (await works.store.listJobs({ project: 'endless', trigger: 'LOOP' }, { limit: 50 })).items,
    ).toHaveLength(20);
  }, 40_000);
});
