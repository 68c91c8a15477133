import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobRow } from '../../../runtime/store/job-store.ts';
import { actor, refusal } from '../../support/deploys.ts';
import { deployTask, openTestRuntime, type TestRuntime } from '../../support/runtime.ts';
import { until } from '../../support/wait-for.ts';

/** Each job logs which records it got, and of deleted ones their last values. */
const CODE = 'function handle_db(records) {}';
const MANAGER = actor('manager');

let works: TestRuntime;
beforeAll(async () => {
  works = await openTestRuntime();
});
afterAll(() => works.close());

const records = () => works.runtime.records(MANAGER);

/** A project of its own with these db triggers on a model of its own. */
async function watched(slug: string, ...triggers: readonly string[]): Promise<string> {
  const model = `x.${slug.replaceAll('-', '_')}`;
  await deployTask(works.runtime, {
    slug,
    code: CODE,
    triggers: triggers.map((trigger) => `{type: db, model: ${model}, ${trigger}}`),
  });
  return model;
}

interface Batch {
  readonly model: string;
  readonly deleted: boolean;
  readonly records: readonly (Readonly<Record<string, unknown>> & { readonly id: number })[];
}

const jobsOf = async (project: string): Promise<readonly JobRow[]> =>
  (await works.store.listJobs({ project }, { limit: 100 })).items.toReversed();

/** What the project's jobs were given so far, by trigger. */
async function given(project: string): Promise<readonly [string, Batch][]> {
  return (await jobsOf(project)).map((job) => [job.trigger, JSON.parse(job.input ?? 'null')]);
}

describe('a db trigger', () => {
  it('fires on what happens to a record, and no other', async () => {
    const model = await watched(
      'events',
      'name: MADE, on: create',
      'name: CHANGED, on: update',
      'name: BOTH, on: create_or_update',
      'name: GONE, on: delete',
    );
    const [made] = await records().create(model, [{ name: 'a' }]);
    const id = made?.id ?? 0;
    await records().write(model, id, { name: 'b' });
    await records().unlink(model, id);
    const batches = await given('events');
    expect(
      batches.map(
        ([
          name,
          {
            records: [record],
            deleted,
          },
        ]) => [name, record?.name, deleted],
      ),
    ).toEqual([
      ['MADE', 'a', false],
      ['BOTH', 'a', false],
      ['CHANGED', 'b', false],
      ['BOTH', 'b', false],
      ['GONE', 'b', true],
    ]);
    expect(batches.every(([, batch]) => batch.model === model && batch.records[0]?.id === id)).toBe(true);
  });

  it('gets the records of one write together, those that fit only', async () => {
    const model = await watched('batched', 'name: BIG, on: create, apply_on: [["n", ">", 1]]');
    await records().create(model, [{ n: 1 }, { n: 2 }, { n: 3 }]);
    const batches = await given('batched');
    expect(batches.map(([, batch]) => batch.records.map(({ n }) => n))).toEqual([[2, 3]]);
  });

  it('looks at what a record was (before_update) and at what it is (apply_on)', async () => {
    const model = await watched(
      'before',
      'name: CONFIRMED, on: update, before_update: [["state", "=", "draft"]], apply_on: [["state", "=", "sale"]]',
    );
    const [made] = await records().create(model, [{ state: 'draft' }]);
    const id = made?.id ?? 0;
    for (const state of ['sent', 'sale', 'draft', 'sale']) await records().write(model, id, { state });
    expect(await given('before')).toHaveLength(1);
  });

  it('with watched fields fires only when the value of one of them changes', async () => {
    const model = await watched('watching', 'name: RENAMED, on: update, watched_fields: [name, email]');
    const [made] = await records().create(model, [{ name: 'a', phone: '1' }]);
    const id = made?.id ?? 0;
    await records().write(model, id, { phone: '2' });
    await records().write(model, id, { name: 'a', phone: '3' });
    expect(await given('watching')).toHaveLength(0);
    await records().write(model, id, { email: 'x' });
    expect(await given('watching')).toHaveLength(1);
  });

  it('does not fire when a write changes nothing', async () => {
    const model = await watched('same', 'name: ANY, on: update');
    const [made] = await records().create(model, [{ name: 'a' }]);
    await records().write(model, made?.id ?? 0, { name: 'a' });
    expect(await given('same')).toHaveLength(0);
  });

  it('asks other records by dotted paths', async () => {
    const model = await watched(
      'dotted',
      'name: D, on: create, apply_on: [["partner_id.ref", "ilike", "vip"]]',
    );
    const [vip, other] = await records().create('res.partner', [{ ref: 'a VIP' }, { ref: 'b' }]);
    const env = works.runtime.records(MANAGER);
    // A field that points to another record has to be learned from one: declared here.
    await deployTask(works.runtime, {
      slug: 'dotted-model',
      code: CODE,
      yaml: `models: [{name: ${model}, fields: [{name: partner_id, type: many2one, relation: res.partner}]}]`,
      triggers: [`{type: db, name: NEVER, model: x.never, on: create}`],
    });
    await env.create(model, [{ partner_id: vip?.id }, { partner_id: other?.id }, {}]);
    const batches = await given('dotted');
    expect(batches.map(([, batch]) => batch.records.map((record) => record.partner_id))).toEqual([
      [{ id: vip?.id, name: '' }],
    ]);
  });

  it('of a project that is switched off, or switched off itself, starts nothing', async () => {
    const model = await watched('off', 'name: ON_IT, on: create', 'name: OFF, on: create, active: false');
    await records().create(model, [{ n: 1 }]);
    await works.runtime.setProjectActive('off', false);
    await records().create(model, [{ n: 2 }]);
    expect((await given('off')).map(([name]) => name)).toEqual(['ON_IT']);
  });

  it('runs its jobs as whoever changed the record', async () => {
    const model = await watched('whose', 'name: MADE, on: create');
    await works.runtime.records(actor('developer')).create(model, [{ n: 1 }]);
    const [job] = await jobsOf('whose');
    expect(JSON.parse(job?.user ?? '{}')).toMatchObject({ login: 'developer', role: 'developer' });
  });

  it('is in as many jobs as its records need room', async () => {
    const model = await watched('large', 'name: MADE, on: create');
    const text = 'x'.repeat(300_000);
    await records().create(model, [{ text }, { text }, { text }, { text }, { text }]);
    const sizes = (await given('large')).map(([, batch]) => batch.records?.length ?? 0);
    expect(await jobsOf('large')).toHaveLength(2);
    expect(sizes).toHaveLength(2);
  });

  it('is no reason to refuse a large record, as 20 of a project are together', async () => {
    const triggers = Array.from({ length: 20 }, (_, n) => `name: T${n}, on: create`);
    const model = await watched('many', ...triggers);
    await records().create(model, [{ text: 'x'.repeat(1_000_000) }]);
    expect(await jobsOf('many')).toHaveLength(20);
  });

  it('whose domains look at too much is left out and says so, and the others run', async () => {
    const pattern = `%${'x_'.repeat(300)}y`;
    const model = await watched(
      'costly',
      `name: COSTLY, on: create, apply_on: [["text", "=like", "${pattern}"]]`,
      'name: OTHER, on: create',
    );
    const text = 'x'.repeat(900_000);
    await records().create(
      model,
      Array.from({ length: 7 }, () => ({ text })),
    );
    expect(new Set((await jobsOf('costly')).map(({ trigger }) => trigger))).toEqual(new Set(['OTHER']));
    const lines = await works.store.listLogs({ trigger: 'COSTLY' }, { limit: 5 });
    expect(lines.items.map(({ level, message }) => [level, message])).toEqual([
      ['error', expect.stringContaining('its domains look at too much of these records and of others')],
    ]);
  });

  it('runs by hand with the records that are named', async () => {
    const model = await watched('hand', 'name: MADE, on: create, active: false');
    const made = await records().create(model, [{ n: 1 }, { n: 2 }]);
    const ids = made.map(({ id }) => id);
    const run = (data: unknown) =>
      works.runtime.runTrigger({ slug: 'hand', name: 'MADE', data, waitMs: 15_000, actor: MANAGER });
    expect(await run({ ids })).toMatchObject({ status: 'done', trigger_type: 'db', function: 'handle_db' });
    expect((await given('hand'))[0]?.[1].records.map(({ n }) => n)).toEqual([1, 2]);
    expect((await refusal(run({ ids: [4711] }))).message).toContain(`There is no record ${model}(4711)`);
    expect((await refusal(run(undefined))).message).toContain('{"data": {"ids": [1, 2]}}');
  });
});

describe('a db trigger on a time', () => {
  it('fires once for each record whose time has come, also for what came while nobody looked', async () => {
    const model = await watched(
      'timed',
      'name: AFTER, on: time, field: closed, delay: 1s, direction: after',
      'name: BEFORE, on: time, field: closed, delay: 1 day, direction: before',
    );
    const soon = new Date(Date.now() + 500);
    const tomorrow = new Date(Date.now() + 86_400_000 + 500);
    await records().create(model, [{ closed: soon, n: 1 }, { closed: tomorrow, n: 2 }, { n: 3 }]);
    await until('both have fired', async () => (await jobsOf('timed')).length >= 2, 30_000);
    const batches = await given('timed');
    expect(batches.map(([name, batch]) => [name, batch.records.map(({ n }) => n)]).toSorted()).toEqual([
      ['AFTER', [1]],
      ['BEFORE', [2]],
    ]);
  }, 40_000);
});
