import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLinks } from '../../../../runtime/links/create-links.ts';
import { encode } from '../../../../sandbox/wire/encode.ts';
import { type CalledEnv, calledEnv, recordDeps, refusedWith, row } from '../../../support/records.ts';
import { type OpenedStore, TEST_STORES } from '../../../support/stores.ts';

describe.each(TEST_STORES)('records in %s', (_name, openStore) => {
  let opened: OpenedStore;
  let env: CalledEnv;
  beforeAll(async () => {
    opened = await openStore();
    env = calledEnv(recordDeps(opened.store));
  });
  afterAll(() => opened.close());

  /** As an object it would have a name and a value for each byte; with millions of them that stops the server for seconds. */
  const bytes = new Uint8Array(8);

  describe('bytes where an object of values is wanted', () => {
    it('are no part of a json field', async () => {
      for (const value of [{ a: bytes }, [bytes], new Map([['a', 1]])]) {
        expect(await refusedWith(env.call('env.create', 'x.json', [row({ j: { deep: value } })]))).toMatch(
          /ValidationError: x\.json\.j takes plain data/,
        );
      }
    });

    it('are no values of a record for Odoo-like calls', async () => {
      expect(await refusedWith(env.call('env.call', 'x.called', null, 'create', [bytes], {}))).toBe(
        'ValidationError: The values of x.called are an object with a value for each field.',
      );
      expect(await refusedWith(env.call('env.call', 'x.called', null, 'create', ['text'], {}))).toMatch(
        /ValidationError/,
      );
      expect(await refusedWith(env.call('env.call', 'x.called', null, 'search', [[]], bytes))).toBe(
        'TypeError: kwargs of call(method, args, kwargs) is an object.',
      );
    });

    it('are no options', async () => {
      expect(await refusedWith(env.call('env.search', 'x.called', [], bytes))).toBe(
        'TypeError: search takes its options as an object: { fields }.',
      );
      expect(await refusedWith(env.call('env.message_post', 'x.called', [], bytes))).toBe(
        'TypeError: message_post takes its options as an object: { body }.',
      );
    });

    it('are no link', async () => {
      const links = createLinks({ store: opened.store, now: Date.now });
      const origin = { project: { project: { id: 'p' } }, jobId: 'j', signal: new AbortController().signal };
      const answer = links.call('link.search', encode([bytes]), origin as never, 'task');
      expect(await refusedWith(answer)).toBe(
        'TypeError: A link is told by an object, not by what is of type object.',
      );
    });
  });

  describe('a json field', () => {
    it('is refused when its value is larger than a record, before it is written as JSON', async () => {
      const large = { list: Array.from({ length: 12 }, () => 'x'.repeat(100_000)) };
      expect(await refusedWith(env.call('env.create', 'x.json', [row({ large })]))).toBe(
        'ValidationError: A record takes at most 1048576 bytes as JSON.',
      );
    });
  });

  describe('text that not every database holds', () => {
    const ODD = ['a\0b', 'a\ud800b'];

    it('is kept and found in the form in which all of them do', async () => {
      for (const odd of ODD) {
        const [made] = await env.records('env.create', 'x.odd', [row({ label: odd, data: odd })]);
        expect(made).toMatchObject({ label: 'a\ufffdb', data: 'a\ufffdb' });
        for (const operator of ['=', 'like', '=ilike']) {
          const found = await env.records('env.search', 'x.odd', [['label', operator, odd]]);
          expect(found.map(({ id }) => id)).toContain(made?.id);
        }
      }
    });
  });

  describe('a domain', () => {
    it('speaks of active only when it names the field, not when a value is that word', async () => {
      await env.call('env.create', 'res.partner', [
        row({ name: 'kept' }),
        row({ name: 'gone', active: false }),
      ]);
      const names = async (domain: unknown) =>
        (await env.records('env.search', 'res.partner', domain, { order: 'name' })).map(({ name }) => name);
      expect(await names([['name', '!=', 'active']])).toEqual(['kept']);
      expect(await names([['active', 'in', [true, false]]])).toEqual(['gone', 'kept']);
    });
  });
});
