import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CalledEnv, calledEnv, recordDeps, refusedWith, row } from '../../../support/records.ts';
import { type OpenedStore, TEST_STORES } from '../../../support/stores.ts';

describe.each(TEST_STORES)('records in %s', (_name, openStore) => {
  const MB = 1024 ** 2;
  const TOO_MUCH =
    'RangeError: What one transaction or call reads and writes of records comes to at most 16777216 bytes. Do it in parts, or search for some of the fields (fields).';

  let opened: OpenedStore;
  let env: CalledEnv;
  beforeAll(async () => {
    opened = await openStore();
    env = calledEnv({ ...recordDeps(opened.store), mostBytes: 1024 * MB });
  });
  afterAll(() => opened.close());

  const list = <Item>(length: number, make: (n: number) => Item): Item[] =>
    Array.from({ length }, (_, n) => make(n));
  const create = async (model: string, count: number, values: (n: number) => Record<string, unknown>) =>
    (
      await env.records(
        'env.create',
        model,
        list(count, (n) => row(values(n))),
      )
    ).map(({ id }) => id);
  const count = (model: string) => env.call('env.search_count', model, []);

  /** Turns of the event loop until `work` has ended. */
  async function turnsOf(work: Promise<unknown>): Promise<number> {
    let isOver = false;
    const over = work.finally(() => {
      isOver = true;
    });
    let turns = 0;
    while (!isOver) {
      await new Promise((resolve) => setImmediate(resolve));
      turns += 1;
    }
    await over;
    return turns;
  }

  /** 20 records of 900 KB, made in parts. */
  async function large(model: string): Promise<number[]> {
    const ids: number[] = [];
    for (let part = 0; part < 4; part += 1) {
      ids.push(...(await create(model, 5, (n) => ({ name: `n${n}`, text: 'x'.repeat(900_000) }))));
    }
    return ids;
  }

  describe('what one call may hold', () => {
    it('is refused before a record is read, with what to do', async () => {
      const ids = await large('x.read');
      for (const call of [
        () => env.call('env.read', 'x.read', ids, null),
        () => env.call('env.write', 'x.read', ids, row({ n: 1 })),
        () => env.call('env.unlink', 'x.read', ids),
      ]) {
        expect(await refusedWith(call())).toBe(TOO_MUCH);
      }
      expect(await env.records('env.read', 'x.read', ids.slice(0, 3), ['name'])).toMatchObject([
        { name: 'n0' },
        { name: 'n1' },
        { name: 'n2' },
      ]);
    });

    it('bounds what a search brings, by the fields that are wanted', async () => {
      await large('x.found');
      expect(await refusedWith(env.call('env.search', 'x.found', [], {}))).toContain(
        'come to more than 8388608 bytes. Take fewer at once',
      );
      expect(await env.records('env.search', 'x.found', [], { fields: ['name'] })).toHaveLength(20);
      expect(await env.records('env.search', 'x.found', [], { limit: 3 })).toHaveLength(3);
    });

    it('bounds what is written: of all records together, with their files', async () => {
      const ids = await create('x.written', 30, (n) => ({ n }));
      const text = 'x'.repeat(900_000);
      expect(await refusedWith(env.call('env.write', 'x.written', ids, row({ text })))).toBe(TOO_MUCH);
      const file = new Uint8Array(7 * MB);
      expect(await refusedWith(env.call('env.write', 'x.written', ids, row({ file })))).toBe(TOO_MUCH);
      expect(await env.records('env.search', 'x.written', [['text', '!=', null]], {})).toEqual([]);
    });

    it('bounds what a transaction sees', async () => {
      const ids = await large('x.seen');
      const tx = await env.call('env.begin');
      const part = (from: number) =>
        env.call('env.search', 'x.seen', [['id', 'in', ids.slice(from, from + 8)]], {}, tx);
      await part(0);
      await part(0);
      await part(8);
      expect(await refusedWith(part(12))).toBe(TOO_MUCH);
      await env.call('env.rollback', tx);
    });

    it('is not written when it is too large to be answered', async () => {
      const body = 'x'.repeat(900_000);
      const ids = await create('x.about', 10, (n) => ({ n }));
      expect(await refusedWith(env.call('env.message_post', 'x.about', ids, { body }))).toContain(
        'come to more than 8388608 bytes',
      );
      expect(await refusedWith(env.call('env.write', 'x.about', ids, row({ text: body })))).toContain(
        '10 records of x.about come to more than 8388608 bytes',
      );
      expect(await env.call('env.search_count', 'x.about', [['text', '!=', null]])).toBe(0);
      expect(await count('mail.message')).toBe(0);
    });

    it('of one value bounds the items of json', async () => {
      const items = (length: number) => create('x.items', 1, () => ({ json: list(length, () => []) }));
      await items(45_000);
      const message = 'x.items.json takes plain data of up to 50000 items, nested up to 900 deep';
      expect(await refusedWith(items(55_000))).toContain(message);
      const bytes = new Uint8Array(200_000);
      expect(await refusedWith(create('x.items', 1, () => ({ json: { bytes } })))).toContain(message);
    });
  });

  describe('much work leaves turns to others', () => {
    // A megabyte makes at least four turns of each: converting, committing, showing and encoding.
    it('when many records are made and changed', async () => {
      const text = 'x'.repeat(5000);
      const made = create('x.turns', 400, () => ({ text }));
      expect(await turnsOf(made)).toBeGreaterThan(30);
      const write = env.call('env.write', 'x.turns', await made, row({ more: text }));
      expect(await turnsOf(write)).toBeGreaterThan(50);
      expect(await turnsOf(env.call('env.unlink', 'x.turns', await made))).toBeGreaterThan(8);
    });

    it('when many are read and searched in a transaction', async () => {
      const ids = await create('x.inside', 400, () => ({ text: 'x'.repeat(5000) }));
      const tx = await env.call('env.begin');
      expect(await turnsOf(env.call('env.read', 'x.inside', ids, null, tx))).toBeGreaterThan(20);
      await env.call('env.write', 'x.inside', ids, row({ n: 1 }), tx);
      const search = () => env.call('env.search', 'x.inside', [['text', 'ilike', 'y']], { limit: 1 }, tx);
      expect(await turnsOf(search())).toBeGreaterThan(8);
      await env.call('env.rollback', tx);
    });

    it('and a search in a transaction that looks at too much of it is over its limit', async () => {
      const tx = await env.call('env.begin');
      await env.call(
        'env.create',
        'x.much',
        list(7, () => row({ text: 'x'.repeat(900_000) })),
        tx,
      );
      const pattern = `%${'x_'.repeat(300)}y`;
      const search = env.call('env.search', 'x.much', [['text', '=like', pattern]], {}, tx);
      await expect(search).rejects.toMatchObject({ code: 'query_limit' });
      await env.call('env.rollback', tx);
    });
  });

  describe('others', () => {
    it('see nothing of a change that is half written', async () => {
      const ids = await create('x.half', 300, () => ({ text: 'x'.repeat(3000), state: 'old' }));
      const write = env.call('env.write', 'x.half', ids, row({ state: 'new' }));
      const seen = new Set<string>();
      let isOver = false;
      write.finally(() => {
        isOver = true;
      });
      while (!isOver) {
        const [first, last] = await opened.store.getRecords('x.half', [ids[0] ?? 0, ids.at(-1) ?? 0]);
        seen.add(`${first?.values.state} ${last?.values.state}`);
        await new Promise((resolve) => setImmediate(resolve));
      }
      await write;
      expect([...seen].filter((states) => states !== 'old old' && states !== 'new new')).toEqual([]);
      expect(await opened.store.getRecords('x.half', [ids[0] ?? 0])).toMatchObject([
        { values: { state: 'new' } },
      ]);
    });

    it('write beside it, and both are there', async () => {
      const many = create('x.beside', 500, () => ({ text: 'x'.repeat(3000) }));
      const one = list(20, (n) => create('x.one', 1, () => ({ n })));
      await Promise.all([many, ...one]);
      expect([await count('x.beside'), await count('x.one')]).toEqual([500, 20]);
    });
  });
});
