import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobRow } from '../../../runtime/store/job-store.ts';
import { actor, refusal } from '../../support/deploys.ts';
import { refusedWith } from '../../support/records.ts';
import { deployTask, openTestRuntime, type TestRuntime } from '../../support/runtime.ts';
import { until } from '../../support/wait-for.ts';

const CODE = 'function handle_db(records) {}';
const MANAGER = actor('manager');
const LARGE = 'x'.repeat(1_000_000);

let works: TestRuntime;
beforeAll(async () => {
  works = await openTestRuntime();
});
afterAll(() => works.close());

const records = () => works.runtime.records(MANAGER);
const list = <Item>(length: number, make: (index: number) => Item): readonly Item[] =>
  Array.from({ length }, (_, index) => make(index));
const jobsOf = async (project: string): Promise<readonly JobRow[]> =>
  (await works.store.listJobs({ project }, { limit: 100 })).items;
const watched = (slug: string, ...triggers: readonly string[]) =>
  deployTask(works.runtime, {
    slug,
    code: CODE,
    triggers: triggers.map((trigger) => `{type: db, ${trigger}}`),
  });

describe('a db trigger', () => {
  it('misses no change of a transaction that writes more than crosses at once', async () => {
    await watched('sees-large', 'name: MADE, model: h.large, on: create');
    await deployTask(works.runtime, {
      slug: 'writes-large',
      code: `async function handle_button() {
        const text = 'x'.repeat(1_000_000);
        await env.transaction(async () => {
          for (const part of [1, 2]) await env['h.large'].create([1, 2, 3, 4, 5].map((n) => ({ n, part, text })));
        });
      }`,
      triggers: ['{type: button, name: GO}'],
    });
    const go = { slug: 'writes-large', name: 'GO', data: undefined, waitMs: 30_000, actor: MANAGER };
    expect(await works.runtime.runTrigger(go)).toMatchObject({ status: 'done' });
    expect(
      await records().list('h.large', { domain: [], fields: ['n'], limit: 20, after: null }),
    ).toHaveLength(10);
    const jobs = await jobsOf('sees-large');
    await until('all have run', async () =>
      (await jobsOf('sees-large')).every(({ status }) => status === 'done'),
    );
    expect(jobs).toHaveLength(10);
  }, 60_000);

  it('that would start more than fits into memory refuses the change as a whole', async () => {
    await watched('many', ...list(20, (n) => `name: T${n}, model: h.many, on: create`));
    const made = records().create(
      'h.many',
      list(4, () => ({ text: LARGE })),
    );
    expect(await refusedWith(made)).toMatch(
      /^RangeError: .* would start jobs of more than 67108864 characters/,
    );
    expect(await records().list('h.many', { domain: [], fields: null, limit: 1, after: null })).toEqual([]);
    expect(await jobsOf('many')).toHaveLength(0);
  });

  it('is one of at most 20 of its project on one model', async () => {
    const deployed = watched('too-many', ...list(21, (n) => `name: T${n}, model: h.crowd, on: create`));
    expect(JSON.stringify((await refusal(deployed)).details)).toContain(
      'is one more than the 20 db triggers that a project has on one model (h.crowd)',
    );
  });

  it('whose domain compares too much starts nothing and says so, and the change is made', async () => {
    const term = '["text", "not like", "b"]';
    await watched(
      'slow',
      `name: MADE, model: h.slow, on: create, apply_on: [${list(30, () => term).join()}]`,
    );
    expect(await records().create('h.slow', [{ text: LARGE }])).toHaveLength(1);
    const { items } = await works.store.listLogs({ project: 'slow' }, { limit: 5 });
    expect(items.map(({ message }) => message).join()).toContain('compares more than 20000000 characters');
    expect(await jobsOf('slow')).toHaveLength(0);
  });
});

describe('a db trigger on a time', () => {
  it('goes on when large records fall due together', async () => {
    await watched('due', 'name: DUE, model: h.due, on: time, field: at, delay: 1s, direction: after');
    const due = Date.now() + 3000;
    for (const part of [0, 1, 2, 3]) {
      const rows = list(5, (n) => ({ at: new Date(due + part * 5 + n), text: LARGE }));
      await records().create('h.due', rows);
    }
    await until('all have fired', async () => (await jobsOf('due')).length === 20, 40_000);
  }, 60_000);
});
