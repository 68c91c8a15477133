import { isPlainObject, readText } from '../arguments.ts';
import type { LinkHome } from '../links/link-set.ts';
import { findLinks, saveLink, searchLinksOfRecords, setLinkOfRecord } from '../links/of-records.ts';
import { EXTERNAL, RECORD, readReference } from '../links/references.ts';
import { describeRecords, isRecordSet } from '../record-set.ts';
import { follow, readFunction, readItems, readSyncOptions, withReferences } from './plan.ts';

/** `sync_odoo2x`, `sync_x2odoo` and `sync_external` of one job: what is linked one to one is brought in step. */
export function makeSyncNames(home: LinkHome) {
  return {
    /** Records to something outside: `info` is `{ relation, x: { create(record), update(reference, record) } }`. */
    async sync_odoo2x(records: unknown, info: unknown, options?: unknown): Promise<void> {
      const name = 'sync_odoo2x';
      const described = describeRecords(records);
      if (!isRecordSet(records) || described === undefined) {
        throw new TypeError(`${name} takes a set of records.`);
      }
      const flags = readSyncOptions(options, name);
      const { relation, x } = readInfo(info, name);
      const create = readFunction(x, 'create', `${name}: info.x`, flags.create);
      const update = readFunction(x, 'update', `${name}: info.x`, flags.update);
      const items = [...records].map((item) => ({ item, reference: String(item.id) }));
      await follow({
        name,
        options: flags,
        items,
        links: await searchLinksOfRecords(home, described, relation, null),
        system: RECORD,
        async create({ item, reference }) {
          const external = readReference(await create(item), `${name}: what info.x.create returns`);
          const one = { model: described.model, ids: [Number(reference)] };
          return setLinkOfRecord(home, one, relation, external, undefined);
        },
        update: async (link, { item }) => update(link.external, item),
      });
    },

    /** Something outside to records: `info` is `{ relation, x: { get_ref(item) }, odoo: { create(item), update(record, item) } }`. */
    async sync_x2odoo(items: unknown, info: unknown, options?: unknown): Promise<void> {
      const name = 'sync_x2odoo';
      const flags = readSyncOptions(options, name);
      const { relation, x, odoo } = readInfo(info, name);
      const getReference = readFunction(x, 'get_ref', `${name}: info.x`);
      const create = readFunction(odoo, 'create', `${name}: info.odoo`, flags.create);
      const update = readFunction(odoo, 'update', `${name}: info.odoo`, flags.update);
      const found = await withReferences(readItems(items, name), getReference, name);
      const references = [...new Set(found.map(({ reference }) => reference))];
      await follow({
        name,
        options: flags,
        items: found,
        links: await findLinks(home, relation, null, [
          [RECORD, null],
          [EXTERNAL, references],
        ]),
        system: EXTERNAL,
        async create({ item, reference }) {
          const record = describeRecords(await create(item));
          if (record?.ids.length === 1) return setLinkOfRecord(home, record, relation, reference, undefined);
          throw new TypeError(`${name}: info.odoo.create returns one record; it returned something else.`);
        },
        update: async (link, { item }) => update(link.odoo, item),
      });
    },

    /** One system outside to another: `src` is `{ system, get_ref(item) }`, `dst` is `{ system, create(item), update(reference, item) }`. */
    async sync_external(
      items: unknown,
      relation: unknown,
      src: unknown,
      dst: unknown,
      options?: unknown,
    ): Promise<void> {
      const name = 'sync_external';
      const flags = readSyncOptions(options, name);
      const relationName = readText(relation, `${name}: the relation`);
      const [from, to] = [readSystem(src, `${name}: src`), readSystem(dst, `${name}: dst`)];
      if (from === to) throw new TypeError(`${name}: src and dst are both of the system "${from}".`);
      const getReference = readFunction(src, 'get_ref', `${name}: src`);
      const create = readFunction(dst, 'create', `${name}: dst`, flags.create);
      const update = readFunction(dst, 'update', `${name}: dst`, flags.update);
      const found = await withReferences(readItems(items, name), getReference, name);
      const references = [...new Set(found.map(({ reference }) => reference))];
      await follow({
        name,
        options: flags,
        items: found,
        links: await findLinks(home, relationName, null, [
          [from, references],
          [to, null],
        ]),
        system: from,
        async create({ item, reference }) {
          const created = readReference(await create(item), `${name}: what dst.create returns`);
          return saveLink(home, {
            relation: relationName,
            model: null,
            refs: [
              [from, reference],
              [to, created],
            ],
            sync_date: null,
            allow_many2many: false,
          });
        },
        update: async (link, { item }) => update(link.get(to)[0], item),
      });
    },
  };
}

function readInfo(info: unknown, name: string): { relation: string; x: unknown; odoo: unknown } {
  if (!isPlainObject(info)) throw new TypeError(`${name} takes info as an object: { relation, x, ... }.`);
  return { relation: readText(info.relation, `${name}: info.relation`), x: info.x, odoo: info.odoo };
}

function readSystem(side: unknown, what: string): string {
  const system: unknown = typeof side === 'object' && side !== null ? Reflect.get(side, 'system') : undefined;
  if (system === RECORD || system === EXTERNAL) {
    throw new TypeError(
      `${what}.system: "${system}" is of links of records; use sync_odoo2x or sync_x2odoo.`,
    );
  }
  return readText(system, `${what}.system`);
}
