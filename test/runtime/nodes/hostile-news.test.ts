import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPostgresStore } from '../../../runtime/store/postgres/open.ts';
import type { Store } from '../../../runtime/store/store.ts';
import { type TestDatabase, testDatabase } from '../../support/postgres/database.ts';
import { deployTask, openTestRuntime, type TestRuntime } from '../../support/runtime.ts';
import { until } from '../../support/wait-for.ts';

const CODE = 'export function handle_button() { return "ran"; }';
const CHAIN_KEY = new Uint8Array(32).fill(7);

describe('a node of a database in which others write, too', () => {
  let database: TestDatabase;
  let near: TestRuntime;
  let far: TestRuntime;
  let loads = 0;
  const open = () => openPostgresStore({ url: database.url, chainKey: CHAIN_KEY });
  const counted = (store: Store): Store => ({
    ...store,
    loadProject: (slug) => {
      loads += 1;
      return store.loadProject(slug);
    },
  });

  beforeEach(async () => {
    loads = 0;
    database = await testDatabase();
    near = await openTestRuntime({ store: await open(), work: false });
    far = await openTestRuntime({ store: counted(await open()), work: false });
  });
  afterEach(async () => {
    await Promise.all([near.close(), far.close()]);
    await database[Symbol.asyncDispose]();
  });

  const deploy = (slug: string) =>
    deployTask(near.runtime, { slug, code: CODE, triggers: ['{type: button, name: GO}'] });
  const knows = (slug: string, ms: number) =>
    until(`${slug} is known`, async () => far.runtime.project(slug) !== undefined, ms);

  it('is not busy for long with news of any number of projects', async () => {
    await database.ask(
      `SELECT pg_notify('sluice', json_build_object('kind', 'project', 'process', 'x', 'slug', 'p' || n)::text)
       FROM generate_series(1, 5000) AS n`,
    );
    await deploy('new');
    await knows('new', 3_000);
    expect(loads).toBeLessThan(500);
  });

  it.each([
    '{"kind":"project","process":"x","slug":"\\u0000"}',
    '{"kind":"project","process":"x","slug":"__proto__"}',
    '{"kind":"ended","process":"x","job":"\\ud800"}',
    '{"kind":"constructor","process":null}',
    'null',
    '{',
  ])('goes on after the news %s', async (said) => {
    await database.ask("SELECT pg_notify('sluice', $1)", [said]);
    await deploy('new');
    await knows('new', 3_000);
  });

  it('learns of every other project when one cannot be read, and says so once', async () => {
    for (const slug of ['aa', 'zz']) await deploy(slug);
    for (const slug of ['aa', 'zz']) await knows(slug, 3_000);
    await database.ask(
      `UPDATE versions SET manifest = '{"' WHERE project_id = (SELECT id FROM projects WHERE slug = 'aa')`,
    );
    // Nobody is told: it is found by looking.
    await database.ask('UPDATE projects SET updated_at = 1');
    const isTaken = async () => far.runtime.project('zz')?.project.updated_at === 1;
    await until('the other project is read again', isTaken, 8_000);
    expect(far.reports).toEqual([expect.stringMatching(/^What other nodes changed cannot be read: /)]);
  });
});
