import { ValidationError } from '../../errors.ts';
import { readDate, readFlag, readOptions, readText } from '../arguments.ts';
import type { DescribedRecords } from '../record-set.ts';
import { type LinkAnswer, type LinkHome, type LinkSet, linksOf } from './link-set.ts';
import {
  EXTERNAL,
  RECORD,
  type Reference,
  type References,
  readReference,
  readReferences,
} from './references.ts';

/** A link as `link.set` takes it. */
interface WantedLink {
  readonly relation: string;
  readonly model: string | null;
  readonly refs: readonly Reference[];
  /** Null: now. */
  readonly sync_date: Date | null;
  readonly allow_many2many: boolean;
}

/** Saves a link, or refreshes the date of the one that is there. The server refuses one that contradicts others. */
export async function saveLink(home: LinkHome, wanted: WantedLink): Promise<LinkSet> {
  const answer = (await home.connection.call('link.set', [wanted])) as LinkAnswer;
  return linksOf(home, [answer], wanted.model ?? '');
}

/** Links that match every one of `refs`. A list that is empty matches nothing, which nobody has to be asked. */
export async function findLinks(
  home: LinkHome,
  relation: string,
  model: string | null,
  refs: readonly References[],
): Promise<LinkSet> {
  const isEmpty = refs.some(([, references]) => references?.length === 0);
  const search = { relation, model, refs };
  const answers = isEmpty ? [] : ((await home.connection.call('link.search', [search])) as LinkAnswer[]);
  return linksOf(home, answers, model ?? '');
}

/** `record.set_link`: `records` is exactly one. */
export async function setLinkOfRecord(
  home: LinkHome,
  { model, ids }: DescribedRecords,
  relation: unknown,
  external: unknown,
  options: unknown,
): Promise<LinkSet> {
  const { sync_date, allow_many2many } = readOptions(options, ['sync_date', 'allow_many2many'], 'set_link');
  return saveLink(home, {
    relation: readText(relation, 'set_link: the relation'),
    model,
    refs: [
      ...ids.map((id): Reference => [RECORD, String(id)]),
      [EXTERNAL, readReference(external, REFERENCE)],
    ],
    sync_date: readDate(sync_date, 'set_link: sync_date'),
    allow_many2many: readFlag(allow_many2many, 'set_link: allow_many2many'),
  });
}

const REFERENCE = 'set_link: the external reference';

/** `records.search_links`: without `externals` links to anything. */
export async function searchLinksOfRecords(
  home: LinkHome,
  { model, ids }: DescribedRecords,
  relation: unknown,
  externals: unknown,
): Promise<LinkSet> {
  const name = readText(relation, 'search_links: the relation');
  const references = readReferences(externals ?? null, 'search_links: the external references');
  return findLinks(home, name, model, [
    [RECORD, ids.map(String)],
    [EXTERNAL, references],
  ]);
}

/** `record.make_ref`: `records` is exactly one. */
export async function makeRef(
  home: LinkHome,
  records: DescribedRecords,
  reference: unknown,
  date: unknown,
): Promise<LinkSet> {
  const text = readText(reference, 'make_ref: the reference');
  const dot = text.indexOf('.');
  if (dot < 1 || dot === text.length - 1) {
    throw new ValidationError(`make_ref takes "relation.reference", not "${text}".`);
  }
  return setLinkOfRecord(home, records, text.slice(0, dot), text.slice(dot + 1), { sync_date: date });
}
