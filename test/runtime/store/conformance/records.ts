import { describe, expect, it } from 'vitest';
import { parseDomain } from '../../../../runtime/env/domain/parse-domain.ts';
import { parseOrder } from '../../../../runtime/env/domain/parse-order.ts';
import { resolveDomain } from '../../../../runtime/env/domain/resolve-domain.ts';
import { learnedField } from '../../../../runtime/env/models/merge-model.ts';
import type {
  FieldSpec,
  ModelDeclaration,
  RecordChange,
  RecordsWrite,
  StoredValues,
} from '../../../../runtime/store/record-store.ts';
import { deployWrite, jobRow, logWrite, MID_MONTH } from '../../../support/rows.ts';
import { freshStore, type OpenStore } from './harness.ts';

const MODEL = 'x.thing';
const NONE: ReadonlyMap<string, Uint8Array | null> = new Map();

const made = (id: number, values: StoredValues, changes: Partial<RecordChange> = {}): RecordChange => ({
  model: MODEL,
  id,
  expected: null,
  values,
  files: NONE,
  ...changes,
});

const write = (changes: readonly RecordChange[], more: Partial<RecordsWrite> = {}): RecordsWrite => ({
  at: MID_MONTH,
  user: '{"id":null,"name":"Ada"}',
  changes,
  learned: new Map([[MODEL, [learnedField('name', 'char'), learnedField('n', 'float')]]]),
  jobs: [],
  logs: [],
  most_bytes: 1_000_000,
  ...more,
});

const field = (name: string, more: Partial<FieldSpec> = {}): ModelDeclaration['fields'][number] => ({
  name,
  type: 'char',
  relation: null,
  required: false,
  unique: false,
  index: false,
  selection: null,
  ...more,
});

const declares = (slug: string, models: readonly ModelDeclaration[], expected_version = 0) =>
  deployWrite({ slug, models, expected_version, triggers: [] });

export function describeRecords(open: OpenStore): void {
  describe('records', () => {
    const data = freshStore(open);
    const get = async (ids: readonly number[], model = MODEL) => data.store.getRecords(model, ids);
    const search = async (domain: unknown, order = '', bounds = { limit: 100, offset: 0 }) => {
      const load = (name: string) => data.store.loadModel(name);
      const model = await load(MODEL);
      if (model === undefined) return [];
      const resolved = await resolveDomain(parseDomain(domain), MODEL, load);
      const wanted = { model: model.number, domain: resolved, order: parseOrder(order, model) };
      const rows = await data.store.searchRecords(wanted, bounds);
      const count = await data.store.countRecords(wanted, { limit: 1000 });
      expect(count).toBe(rows.length + bounds.offset + (bounds.limit === 2 ? 1 : 0));
      return rows.map(({ id }) => id);
    };

    it('are made, changed and removed, each write with a new version', async () => {
      expect(await data.store.commitRecords(write([made(1, { name: 'a' })]))).toEqual({ kind: 'written' });
      const later = write([made(1, { name: 'b', n: 2 }, { expected: 1 })], {
        at: MID_MONTH + 5,
        user: '{"id":"1","name":"Bob"}',
      });
      expect(await data.store.commitRecords(later)).toEqual({ kind: 'written' });
      expect(await get([1, 2])).toEqual([
        {
          id: 1,
          version: 2,
          create_date: MID_MONTH,
          write_date: MID_MONTH + 5,
          create_uid: '{"id":null,"name":"Ada"}',
          write_uid: '{"id":"1","name":"Bob"}',
          values: { name: 'b', n: 2 },
        },
      ]);
      const removed = write([{ model: MODEL, id: 1, expected: 2, values: null, files: NONE }]);
      expect(await data.store.commitRecords(removed)).toEqual({ kind: 'written' });
      expect(await get([1])).toEqual([]);
    });

    it.each([
      ['is there already', made(1, {}), 1],
      ['has another version', made(1, {}, { expected: 7 }), 1],
      ['is gone', made(9, {}, { expected: 1 }), 9],
    ])('are not written when one of them %s, and nothing beside them', async (_why, change, id) => {
      await data.store.commitRecords(write([made(1, { name: 'a' })]));
      const job = jobRow();
      const both = write([made(5, { name: 'b' }), change], {
        jobs: [job],
        logs: [logWrite({ message: 'lost' })],
      });
      expect(await data.store.commitRecords(both)).toEqual({ kind: 'conflict', model: MODEL, id });
      expect(await get([5])).toEqual([]);
      expect(await data.store.getJob(job.id)).toBeUndefined();
      expect((await data.store.listLogs({ q: 'lost' }, { limit: 5 })).items).toEqual([]);
    });

    it('bring the jobs and lines that they cause, in one commit', async () => {
      const job = jobRow();
      await data.store.commitRecords(
        write([made(1, {})], { jobs: [job], logs: [logWrite({ message: 'told' })] }),
      );
      expect(await data.store.getJob(job.id)).toMatchObject({ status: 'queued' });
      expect((await data.store.listLogs({ q: 'told' }, { limit: 5 })).items).toHaveLength(1);
    });

    it('that are refused do not undo what others write at the same moment, nor the model that they were the first of', async () => {
      const learned = new Map([['x.new', [learnedField('name', 'char')]]]);
      const first = made(1, { name: 'a' }, { model: 'x.new' });
      const [refused, other, again] = await Promise.all([
        data.store.commitRecords(write([first, made(7, {}, { expected: 3 })], { learned })),
        data.store.commitRecords(write([made(2, { name: 'b' })])),
        data.store.commitRecords(write([first], { learned })),
      ]);
      expect([refused.kind, other.kind, again.kind]).toEqual(['conflict', 'written', 'written']);
      expect((await get([1], 'x.new')).map(({ values }) => values)).toEqual([{ name: 'a' }]);
      expect(await get([2])).toHaveLength(1);
    });

    it('have ids that are given once, also to writers that were not heard of again', async () => {
      expect(await data.store.reserveRecordIds(MODEL, 3)).toBe(1);
      await data.store.commitRecords(write([made(4, {})]));
      const next = await data.store.reserveRecordIds(MODEL, 1);
      expect(next).toBeGreaterThanOrEqual(4);
      expect(await data.store.reserveRecordIds('x.other', 1)).toBe(1);
    });

    it('teach the store what their fields are, and a field has one type only', async () => {
      await data.store.commitRecords(write([made(1, { name: 'a' })]));
      const model = await data.store.loadModel(MODEL);
      expect(
        [...(model?.fields.values() ?? [])].map(({ name, type, learned }) => [name, type, learned]),
      ).toEqual([
        ['n', 'float', true],
        ['name', 'char', true],
      ]);
      const other = write([made(2, { n: 'x' })], {
        learned: new Map([[MODEL, [learnedField('n', 'char')]]]),
      });
      expect(await data.store.commitRecords(other)).toMatchObject({ kind: 'conflict', model: MODEL });
      expect(await get([2])).toEqual([]);
    });

    it('have files beside them, which end with them', async () => {
      const bytes = new Uint8Array([1, 2, 3]);
      await data.store.commitRecords(write([made(1, { f: 3 }, { files: new Map([['f', bytes]]) })]));
      const files = await data.store.getRecordFiles(MODEL, [1, 2], ['f', 'g']);
      expect(files.map(({ id, field: name, bytes: found }) => [id, name, [...found]])).toEqual([
        [1, 'f', [1, 2, 3]],
      ]);
      await data.store.commitRecords(
        write([{ model: MODEL, id: 1, expected: 1, values: null, files: NONE }]),
      );
      expect(await data.store.getRecordFiles(MODEL, [1], ['f'])).toEqual([]);
    });

    it('are called by their name', async () => {
      await data.store.commitRecords(write([made(1, { name: 'a' }), made(2, {})]));
      expect(await data.store.getRecordNames(MODEL, [1, 2, 3])).toEqual(
        new Map([
          [1, 'a'],
          [2, ''],
        ]),
      );
    });

    it('take no more room than they may, and give it back', async () => {
      const large = 'x'.repeat(600_000);
      await data.store.commitRecords(write([made(1, { name: large })]));
      expect(await data.store.commitRecords(write([made(2, { name: large })]))).toEqual({ kind: 'full' });
      expect(await get([2])).toEqual([]);
      await data.store.commitRecords(write([made(1, { name: 'small' }, { expected: 1 })]));
      expect(await data.store.commitRecords(write([made(2, { name: large })]))).toEqual({ kind: 'written' });
    });

    it('are found by domain, in order, page by page', async () => {
      const names = ['b', 'a', 'c', 'a'];
      await data.store.commitRecords(write(names.map((name, index) => made(index + 1, { name, n: index }))));
      expect(await search([['name', 'in', ['a', 'c']]], 'name desc')).toEqual([3, 2, 4]);
      expect(await search([], 'name, n desc')).toEqual([4, 2, 1, 3]);
      expect(await search([], 'id desc', { limit: 2, offset: 1 })).toEqual([3, 2]);
    });

    it('are found with those values only that are wanted, and no more than they may take', async () => {
      const name = 'x'.repeat(400);
      await data.store.commitRecords(write([1, 2, 3].map((id) => made(id, { name, n: id }))));
      const model = await data.store.loadModel(MODEL);
      const domain = await resolveDomain(parseDomain([]), MODEL, (other) => data.store.loadModel(other));
      const order = model === undefined ? [] : parseOrder('', model);
      const wanted = { model: model?.number ?? 0, domain, order };
      const page = { limit: 9, offset: 0, most_bytes: 1000 };
      const rows = await data.store.searchRecords(wanted, { ...page, fields: ['n', 'nope'] });
      expect(rows.map(({ values }) => values)).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
      expect(await data.store.searchRecords(wanted, { ...page, limit: 2 })).toHaveLength(2);
      await expect(data.store.searchRecords(wanted, page)).rejects.toMatchObject({
        name: 'RangeError',
        message: expect.stringContaining('come to more than 1000 bytes'),
      });
    });

    it('tell how large they are', async () => {
      const values = { name: 'ä', n: 1 };
      const files = new Map([['f', new Uint8Array(1000)]]);
      await data.store.commitRecords(write([made(1, values, { files })]));
      const size = Buffer.byteLength(JSON.stringify(values));
      expect(await data.store.getRecordSizes(MODEL, [1, 2])).toEqual(new Map([[1, size]]));
      expect(await data.store.getRecordSizes('x.never', [1])).toEqual(new Map());
    });

    it('of which nothing is known are not found', async () => {
      expect(await data.store.loadModel('x.never')).toBeUndefined();
      expect(await get([1], 'x.never')).toEqual([]);
      expect(await data.store.getRecordNames('x.never', [1])).toEqual(new Map());
    });

    it('come back as they were, however odd their values', async () => {
      const nested = Array.from({ length: 890 }).reduce<readonly unknown[]>((inner) => [inner], []);
      const values = {
        text: '\u2028 \\ " é 😀 ',
        big: 1e300,
        small: 5e-324,
        exact: 9007199254740991,
        odd: 1.2345678901234567e19,
        no: false,
        list: ['\u0000', '\ud800', { b: 1, aa: [2, { '': null }] }],
        deep: nested,
        __proto__x: 1,
      };
      await data.store.commitRecords(write([made(1, values)]));
      const [row] = await get([1]);
      expect(JSON.stringify(Object.entries(row?.values ?? {}).toSorted())).toBe(
        JSON.stringify(Object.entries(values).toSorted()),
      );
    });

    it('that several processes change at once are written by one of them, and the others are told', async () => {
      const stores = [data.store, await data.another(), await data.another()];
      await data.store.commitRecords(write([made(1, { n: 0 }), made(2, { n: 0 })]));
      for (let version = 1; version <= 5; version += 1) {
        const kinds = await Promise.all(
          stores.map(async (store, index) => {
            // Whatever the order in which they name them.
            const changes = [1, 2].map((id) => made(id, { n: index }, { expected: version }));
            return (await store.commitRecords(write(index === 1 ? changes.toReversed() : changes))).kind;
          }),
        );
        expect(kinds.toSorted()).toEqual(['conflict', 'conflict', 'written']);
        expect((await get([1, 2])).map((row) => row.version)).toEqual([version + 1, version + 1]);
      }
    });

    it('of a model that several processes make at once are all of the same one', async () => {
      const stores = [data.store, await data.another(), await data.another()];
      const learned = new Map([['x.new', [learnedField('name', 'char')]]]);
      const ids = [1, 11, 21];
      const written = await Promise.all(
        stores.map((store, index) =>
          store.commitRecords(
            write([made(ids[index] ?? 0, { name: `${index}` }, { model: 'x.new' })], { learned }),
          ),
        ),
      );
      expect(written.map(({ kind }) => kind)).toEqual(['written', 'written', 'written']);
      for (const store of stores) expect(await store.getRecords('x.new', ids)).toHaveLength(3);
    });

    it('teach one type of a field only, whoever is first', async () => {
      const stores = [data.store, await data.another()];
      await data.store.commitRecords(write([made(1, {})]));
      const written = await Promise.all(
        stores.map((store, index) => {
          const type = index === 0 ? 'float' : 'char';
          const learned = new Map([[MODEL, [learnedField('late', type)]]]);
          return store.commitRecords(write([made(index + 5, { late: index === 0 ? 1 : 'x' })], { learned }));
        }),
      );
      expect(written.map(({ kind }) => kind).toSorted()).toEqual(['conflict', 'written']);
      for (const store of stores)
        expect((await store.loadModel(MODEL))?.fields.get('late')?.type).toBe(
          written[0]?.kind === 'written' ? 'float' : 'char',
        );
    });

    it('take no more room together than they may, whoever writes', async () => {
      const stores = [data.store, await data.another(), await data.another()];
      await data.store.commitRecords(write([made(1, {})]));
      const large = { name: 'x'.repeat(300_000) };
      const written = await Promise.all(
        Array.from({ length: 9 }, (_, index) =>
          (stores[index % stores.length] ?? data.store).commitRecords(write([made(index + 2, large)])),
        ),
      );
      expect(written.filter(({ kind }) => kind === 'written')).toHaveLength(3);
      expect(written.filter(({ kind }) => kind === 'full')).toHaveLength(6);
    });

    it('have the models that come with Sluice', async () => {
      const names = (await data.store.listModels()).map(({ name }) => name);
      expect(names).toEqual(['mail.message', 'res.partner']);
      expect((await data.store.loadModel('res.partner'))?.fields.get('parent_id')).toMatchObject({
        type: 'many2one',
        relation: 'res.partner',
      });
    });
  });

  describe('models that projects declare', () => {
    const data = freshStore(open);
    const unique: ModelDeclaration = { name: MODEL, strict: true, fields: [field('code', { unique: true })] };

    it('are what all projects say of them together, and end with the project', async () => {
      const other: ModelDeclaration = {
        name: MODEL,
        strict: false,
        fields: [field('note', { required: true })],
      };
      const loaded = await data.store.deploy(declares('one', [unique]));
      await data.store.deploy(declares('two', [other]));
      const model = await data.store.loadModel(MODEL);
      expect(model).toMatchObject({ strict: true });
      expect([...(model?.fields.keys() ?? [])].toSorted()).toEqual(['code', 'note']);
      expect(await data.store.originOfModel(MODEL)).toMatchObject({
        declared: [
          { project: 'one', declaration: unique },
          { project: 'two', declaration: other },
        ],
        learned: [],
      });
      await data.store.deleteProject(loaded?.project.id ?? '');
      expect([...((await data.store.loadModel(MODEL))?.fields.keys() ?? [])]).toEqual(['note']);
      expect(await data.store.loadModel(MODEL)).toMatchObject({ strict: false });
    });

    it('keep unique fields unique, from then on and for what is there', async () => {
      await data.store.deploy(declares('one', [unique]));
      const rows = [made(1, { code: 'a' }), made(2, { code: 'a' })];
      expect(await data.store.commitRecords(write(rows))).toEqual({
        kind: 'duplicate',
        model: MODEL,
        field: 'code',
      });
      expect(await data.store.getRecords(MODEL, [1])).toEqual([]);
      expect(await data.store.commitRecords(write([made(3, {}), made(4, {})]))).toEqual({ kind: 'written' });
      await data.store.deploy(declares('one', [], 1));
      expect(await data.store.commitRecords(write(rows))).toEqual({ kind: 'written' });
      await expect(data.store.deploy(declares('one', [unique], 2))).rejects.toMatchObject({
        code: 'duplicate_values',
        status: 422,
      });
      expect((await data.store.loadProject('one'))?.project.version).toBe(2);
      expect(await data.store.loadModel(MODEL)).toMatchObject({ strict: false });
    });
  });
}
