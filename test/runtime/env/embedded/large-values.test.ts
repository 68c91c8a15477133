import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEmbedded } from '../../../../runtime/env/embedded/create-embedded.ts';
import { encode } from '../../../../sandbox/wire/encode.ts';
import { type CalledEnv, calledEnv, recordDeps, refusedWith, row, USER } from '../../../support/records.ts';
import { type OpenedStore, TEST_STORES } from '../../../support/stores.ts';

describe.each(TEST_STORES)('records in %s', (_name, openStore) => {
  const MB = 1024 ** 2;
  const LARGE = 'x'.repeat(MB - 100);

  let opened: OpenedStore;
  let env: CalledEnv;
  beforeAll(async () => {
    opened = await openStore();
    env = calledEnv(recordDeps(opened.store));
  });
  afterAll(() => opened.close());

  const list = <Item>(length: number, make: (index: number) => Item): readonly Item[] =>
    Array.from({ length }, (_, index) => make(index));
  const ids = (records: readonly { readonly id: number }[]) => records.map(({ id }) => id);

  /** Makes records of nearly a megabyte each. */
  async function makeLarge(
    model: string,
    count: number,
    values: (n: number) => Readonly<Record<string, string>>,
  ): Promise<readonly number[]> {
    const made: number[] = [];
    for (let part = 0; part < count; part += 5) {
      made.push(
        ...ids(
          await env.records(
            'env.create',
            model,
            list(5, (n) => row(values(part + n))),
          ),
        ),
      );
    }
    return made;
  }

  describe('one call', () => {
    it('shows long names of other records shortened', async () => {
      const [target] = await env.records('env.create', 'y.named', [row({ name: LARGE })]);
      const reference = [['ref', 'record', { model: 'y.named', id: target?.id }]];
      await env.call(
        'env.create',
        'y.names',
        list(50, () => reference),
      );
      const found = await env.records('env.search', 'y.names', [], {});
      expect(found.map(({ ref }) => ref)).toEqual(
        list(50, () => ({ id: target?.id, name: 'x'.repeat(1000) })),
      );
      const tx = await env.call('env.begin');
      await env.call('env.write', 'y.named', [target?.id], row({ name: `y${LARGE}` }), tx);
      const [inside] = await env.records('env.search', 'y.names', [], { limit: 1 }, tx);
      expect(inside?.ref).toEqual({ id: target?.id, name: `y${'x'.repeat(999)}` });
      await env.call('env.rollback', tx);
    });

    it('shows the names of many records that are large because of them', async () => {
      const targets = await makeLarge('y.target', 20, (n) => ({ name: `${n}`.padEnd(MB - 100, 'x') }));
      await env.call(
        'env.create',
        'y.referring',
        targets.map((id) => [['ref', 'record', { model: 'y.target', id }]]),
      );
      const found = await env.records('env.search', 'y.referring', [], {});
      expect(found.map(({ ref }) => ref)).toEqual(
        targets.map((id, n) => ({ id, name: `${n}`.padEnd(1000, 'x') })),
      );
    });

    it('is answered with no more than may cross, whatever makes it large', async () => {
      await env.call(
        'env.create',
        'y.fields',
        list(2000, (n) => row({ n })),
      );
      const fields = list(299, (n) => `f${n}`.padEnd(64, 'x'));
      expect(await refusedWith(env.call('env.search', 'y.fields', [], { fields }))).toMatch(
        /^RangeError: \d+ records of y\.fields come to more than 8388608 bytes/,
      );
    });

    it('counts files by their size whatever their field is called', async () => {
      const name = 'constructor';
      await env.call('env.create', 'y.files', [row({ n: 1 }), row({ [name]: new Uint8Array(1) })]);
      await env.call('env.create', 'y.files', [row({ [name]: new Uint8Array(5 * MB) })]);
      await env.call('env.create', 'y.files', [row({ [name]: new Uint8Array(5 * MB) })]);
      expect(await refusedWith(env.call('env.search', 'y.files', [], { fields: [name] }))).toMatch(
        /^RangeError: 4 records of y\.files come to more than/,
      );
    });
  });

  describe('all records together', () => {
    it('are bounded, empty ones too, and deleted ones give their room back', async () => {
      const other = await openStore();
      const bounded = calledEnv({ ...recordDeps(other.store), mostBytes: 100_000 });
      const make = (count: number) =>
        bounded.records(
          'env.create',
          'y.empty',
          list(count, () => []),
        );
      const made = [...(await make(200)), ...(await make(150))];
      expect(await refusedWith(make(100))).toMatch(/^RangeError: All records take at most 100000 bytes/);
      await bounded.call('env.unlink', 'y.empty', ids(made).slice(0, 100));
      expect(await make(100)).toHaveLength(100);
      expect(await refusedWith(make(100))).toMatch(/^RangeError/);
      await other.close();
    });
  });

  describe('one transaction', () => {
    it('keeps no more than 16 MB of what it reads and writes', async () => {
      await makeLarge('y.kept', 10, () => ({ text: LARGE }));
      const tx = await env.call('env.begin');
      await env.call('env.search', 'y.kept', [], { limit: 7 }, tx);
      await env.call(
        'env.create',
        'y.made',
        list(7, () => row({ text: LARGE })),
        tx,
      );
      const more = env.call(
        'env.create',
        'y.made',
        list(7, () => row({ text: LARGE })),
        tx,
      );
      expect(await refusedWith(more)).toMatch(/^RangeError: What one transaction or call reads and writes/);
      await env.call('env.rollback', tx);
      expect(await env.call('env.search_count', 'y.made', [])).toBe(0);
    });

    it('makes no more than ten models, each of which is a table', async () => {
      const tx = await env.call('env.begin');
      for (const n of list(10, (index) => index)) await env.call('env.create', `z.m${n}`, [row({ n })], tx);
      expect(await refusedWith(env.call('env.create', 'z.m10', [row({ n: 1 })], tx))).toBe(
        'ValidationError: z.m10 would be one new model more than 10 at once. Make records of the first ones before, in a transaction of their own.',
      );
      await env.call('env.create', 'z.m9', [row({ n: 2 })], tx);
      await env.call('env.commit', tx);
      await env.call('env.create', 'z.m10', [row({ n: 1 })]);
    });
  });

  describe('a field', () => {
    it('keeps its value whatever its name means to JavaScript', async () => {
      const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'];
      const values = names.map((name) => [name, 'value', { of: name }]);
      const [made] = await env.records('env.create', 'y.words', [values]);
      const read = async () => {
        const [found] = await env.records('env.read', 'y.words', [made?.id], names);
        return names.map((name) => Object.getOwnPropertyDescriptor(found ?? {}, name)?.value);
      };
      expect(await read()).toEqual(names.map((of) => ({ of })));
      for (const name of names) {
        await env.call('env.write', 'y.words', [made?.id], [[name, 'value', null]]);
        expect(await env.call('env.search_count', 'y.words', [[name, '=', null]])).toBe(1);
      }
      expect(await read()).toEqual(names.map(() => null));
    });
  });

  describe('a job that ends while a change of it is under way', () => {
    it('writes nothing any more', async () => {
      const embedded = createEmbedded(recordDeps(opened.store));
      const session = embedded.open({ user: USER, depth: 0 }, 'ending');
      const job = new AbortController();
      const args = encode(['y.ended', list(2000, (n) => row({ n }))]);
      const call = embedded.call('env.create', args, session, { jobId: 'ending', signal: job.signal });
      const began = setInterval(() => {
        job.abort(new Error('The job has ended.'));
        clearInterval(began);
      }, 1);
      expect(await refusedWith(call)).toBe('Error: The job has ended.');
      expect(await env.call('env.search_count', 'y.ended', [])).toBe(0);
    });
  });

  describe('transactions that nobody ends', () => {
    it('keep no more than 128 MB of one project, and nothing once their jobs are over', async () => {
      const embedded = createEmbedded(recordDeps(opened.store));
      const job = (number: number, projectId: string) => {
        const session = embedded.open({ user: USER, depth: 0 }, projectId);
        const caller = { jobId: `job-${number}`, signal: new AbortController().signal };
        const call = (operation: string, ...args: readonly unknown[]) =>
          embedded.call(operation, encode(args), session, caller);
        return { session, call };
      };
      const hold = async ({ call }: ReturnType<typeof job>) => {
        await call('env.begin');
        for (const part of [1, 2]) {
          await call(
            'env.create',
            'y.held',
            list(7, (n) => row({ n, part, text: LARGE })),
            1,
          );
        }
      };
      const held = list(9, (n) => job(n, 'greedy'));
      for (const each of held) await hold(each);
      const next = job(11, 'greedy');
      expect(await refusedWith(hold(next))).toMatch(
        /^RetryableJobError: Transactions that are open keep 128 MB/,
      );
      await next.call('env.rollback', 1);
      await hold(job(12, 'other'));
      for (const { session } of held) embedded.close(session);
      await hold(job(13, 'greedy'));
      expect(await env.call('env.search_count', 'y.held', [])).toBe(0);
    });
  });
});
