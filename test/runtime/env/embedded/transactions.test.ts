import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CalledEnv, calledEnv, recordDeps, refusedWith, row } from '../../../support/records.ts';
import { type OpenedStore, TEST_STORES } from '../../../support/stores.ts';

describe.each(TEST_STORES)('records in %s', (_name, openStore) => {
  let opened: OpenedStore;
  let env: CalledEnv;
  let others: CalledEnv;
  beforeAll(async () => {
    opened = await openStore();
    env = calledEnv(recordDeps(opened.store));
    others = calledEnv(recordDeps(opened.store));
  });
  afterAll(() => opened.close());

  const begin = () => env.call('env.begin') as Promise<number>;
  const make = async (model: string, values: Readonly<Record<string, unknown>>): Promise<number> => {
    const [made] = await others.records('env.create', model, [row(values)]);
    return made?.id ?? 0;
  };

  describe('a transaction', () => {
    it('sees what it wrote, and nobody else does until it is committed', async () => {
      const model = 'x.seen';
      const kept = await make(model, { name: 'kept', n: 1 });
      const gone = await make(model, { name: 'gone', n: 2 });
      const tx = await begin();
      await env.call('env.create', model, [row({ name: 'new', n: 0 })], tx);
      await env.call('env.write', model, [kept], row({ name: 'changed' }), tx);
      await env.call('env.unlink', model, [gone], tx);
      const inside = await env.records('env.search', model, [['n', '<', 5]], { order: 'n desc' }, tx);
      expect(inside.map(({ name }) => name)).toEqual(['changed', 'new']);
      expect(await env.call('env.search_count', model, [['name', '!=', 'x']], tx)).toBe(2);
      expect((await env.records('env.read', model, [kept], ['name'], tx))[0]).toEqual({
        id: kept,
        name: 'changed',
      });
      expect((await others.records('env.search', model, [], {})).map(({ name }) => name)).toEqual([
        'kept',
        'gone',
      ]);
      await env.call('env.commit', tx);
      expect((await others.records('env.search', model, [], {})).map(({ name }) => name)).toEqual([
        'changed',
        'new',
      ]);
    });

    it('leaves nothing when it is rolled back', async () => {
      const tx = await begin();
      await env.call('env.create', 'x.rolled', [row({ name: 'n' })], tx);
      await env.call('env.rollback', tx);
      expect(await env.call('env.search_count', 'x.rolled', [])).toBe(0);
    });

    it('is refused as retryable when a record that it read and wrote was changed meanwhile', async () => {
      const id = await make('x.raced', { n: 1 });
      const tx = await begin();
      const [seen] = await env.records('env.search', 'x.raced', [], {}, tx);
      await others.call('env.write', 'x.raced', [id], row({ n: 10 }));
      await env.call('env.write', 'x.raced', [id], row({ n: Number(seen?.n) + 1 }), tx);
      await env.call('env.create', 'x.raced', [row({ n: 100 })], tx);
      expect(await refusedWith(env.call('env.commit', tx))).toContain(
        'RetryableJobError: A record that this transaction',
      );
      const found = await others.records('env.search', 'x.raced', [], {});
      expect(found.map(({ n }) => n)).toEqual([10]);
    });

    it('takes nothing any more once it is over', async () => {
      const tx = await begin();
      await env.call('env.commit', tx);
      expect(await refusedWith(env.call('env.create', 'x.late', [row({ n: 1 })], tx))).toContain('is over');
    });

    it('is one at a time', async () => {
      const tx = await begin();
      expect(await refusedWith(begin())).toContain('one transaction at a time');
      await env.call('env.rollback', tx);
    });

    it('writes what refers to each other within it', async () => {
      const tx = await begin();
      const [company] = await env.records('env.create', 'res.partner', [row({ name: 'Co' })], tx);
      const [person] = await env.records(
        'env.create',
        'res.partner',
        [row({ name: 'P', parent_id: company?.id })],
        tx,
      );
      expect(person?.parent_id).toEqual({ id: company?.id, name: 'Co' });
      await env.call('env.commit', tx);
      expect(
        (await others.records('env.read', 'res.partner', [person?.id], ['parent_id']))[0]?.parent_id,
      ).toEqual({
        id: company?.id,
        name: 'Co',
      });
    });
  });
});
