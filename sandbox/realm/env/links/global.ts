import { ValidationError } from '../../errors.ts';
import { isPlainObject, readDate, readFlag, readOptions, readText } from '../arguments.ts';
import type { LinkHome, LinkSet } from './link-set.ts';
import { findLinks, saveLink } from './of-records.ts';
import {
  EXTERNAL,
  RECORD,
  type Reference,
  type References,
  readReference,
  readReferences,
} from './references.ts';

const OPTIONS = ['sync_date', 'allow_many2many', 'model'];

/** `set_link`, `search_links` and `get_link` of one job. */
export function makeLinkNames(home: LinkHome) {
  return {
    /** A link between two systems outside. */
    async set_link(relation: unknown, refs: unknown, options?: unknown): Promise<LinkSet> {
      const { sync_date, allow_many2many, model } = readOptions(options, OPTIONS, 'set_link');
      return saveLink(home, {
        relation: readText(relation, 'set_link: the relation'),
        model: model === undefined || model === null ? null : readText(model, 'set_link: model'),
        refs: pairOf(refs, 'set_link').map(([system, value]): Reference => outside(system, value)),
        sync_date: readDate(sync_date, 'set_link: sync_date'),
        allow_many2many: readFlag(allow_many2many, 'set_link: allow_many2many'),
      });
    },

    /** Links of a relation: of two systems with an object, of records by their external references otherwise. */
    async search_links(relation: unknown, refs?: unknown): Promise<LinkSet> {
      return find(home, relation, refs, 'search_links', readReferences);
    },

    /** The link that matches, or an empty set; several are a ValidationError. */
    async get_link(relation: unknown, refs: unknown): Promise<LinkSet> {
      const found = await find(home, relation, refs, 'get_link', readOne);
      if (found.length < 2) return found;
      throw new ValidationError(
        `get_link: ${found.length} links of ${String(relation)} match, one was expected. Use search_links.`,
      );
    },
  };
}

type Read = (value: unknown, what: string) => readonly string[] | null;

/** One reference; null: any. */
const readOne: Read = (value, what) => (value === null ? null : [readReference(value, what)]);

async function find(
  home: LinkHome,
  relation: unknown,
  refs: unknown,
  where: string,
  read: Read,
): Promise<LinkSet> {
  const name = readText(relation, `${where}: the relation`);
  if (!isPlainObject(refs)) {
    const references = read(refs ?? null, `${where}: the external reference`);
    return findLinks(home, name, null, [
      [RECORD, null],
      [EXTERNAL, references],
    ]);
  }
  const wanted = pairOf(refs, where).map(([system, value]): References => {
    return [system, read(value, `${where}: the reference of ${system}`)];
  });
  return findLinks(home, name, null, wanted);
}

function pairOf(refs: unknown, where: string): [string, unknown][] {
  const pairs = isPlainObject(refs) ? Object.entries(refs) : [];
  if (pairs.length === 2) return pairs;
  throw new TypeError(`${where} takes references of two systems: { github: 1, trello: 101 }.`);
}

function outside(system: string, value: unknown): Reference {
  if (system === RECORD || system === EXTERNAL) {
    throw new TypeError(`set_link: "${system}" is of links of records; use record.set_link for these.`);
  }
  return [system, readReference(value, `set_link: the reference of ${system}`)];
}
