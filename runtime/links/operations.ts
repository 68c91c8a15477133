import type { LinkRef, LinkRow, LinkSet, LinkStore, LinksFound } from '../store/link-store.ts';
import {
  dateFrom,
  flagFrom,
  givenFrom,
  idsFrom,
  modelFrom,
  refsFrom,
  textFrom,
  wantedFrom,
} from './arguments.ts';
import { FULL, MOST_BYTES, MOST_LINKS, SEARCH_BOUNDS } from './bounds.ts';

export interface LinkCaller {
  readonly store: LinkStore;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly projectId: string;
}

export type LinkOperation = (caller: LinkCaller, args: readonly unknown[]) => Promise<unknown>;

/** Links that are written in one transaction: each holds everybody up for as long as it takes. */
const AT_A_TIME = 500;

/** What the realm's functions of links call; arguments as they came, results as plain data. */
export const LINK_OPERATIONS: ReadonlyMap<string, LinkOperation> = new Map<string, LinkOperation>([
  ['link.set', set],
  ['link.search', search],
  ['link.update', update],
  ['link.unlink', unlink],
]);

/** A link as it crosses to code; references are ordered by system. */
const crossing = ({ id, relation, model, refs, sync_date }: LinkRow) => ({
  id,
  relation,
  model,
  refs,
  sync_date: new Date(sync_date),
});

async function set({ store, now, projectId }: LinkCaller, [spec]: readonly unknown[]): Promise<unknown> {
  const given = givenFrom(spec);
  const model = modelFrom(given.get('model'));
  const write: LinkSet = {
    project_id: projectId,
    relation: textFrom('relation', given.get('relation')),
    model,
    refs: refsFrom(given.get('refs'), model),
    sync_date: dateFrom(given.get('sync_date'), now),
    allow_many2many: flagFrom('allow_many2many', given.get('allow_many2many')),
    most_links: MOST_LINKS,
    most_bytes: MOST_BYTES,
  };
  const written = await store.setLink(write);
  if (written.kind === 'full') throw refusal(FULL);
  if (written.kind === 'taken') throw refusal(takenMessage(write, written.link));
  return crossing(written.link);
}

async function search({ store, projectId }: LinkCaller, [spec]: readonly unknown[]): Promise<unknown> {
  const given = givenFrom(spec);
  const relation = textFrom('relation', given.get('relation'));
  const model = modelFrom(given.get('model'));
  const wanted = { relation, model, refs: wantedFrom(given.get('refs')) };
  const found = await store.searchLinks(projectId, wanted, SEARCH_BOUNDS);
  return wholeOf(found, `This search in relation ${relation}`).map(crossing);
}

async function update({ store, now, projectId }: LinkCaller, args: readonly unknown[]): Promise<unknown> {
  const ids = idsFrom(args[0]);
  const sync_date = dateFrom(args[1], now);
  const found = await store.getLinks(projectId, ids, SEARCH_BOUNDS);
  const links = wholeOf(found, 'Updating these links');
  const updated = new Set<number>();
  for (const part of partsOf(ids)) {
    for (const id of await store.updateLinks(projectId, part, sync_date)) updated.add(id);
  }
  return links.filter(({ id }) => updated.has(id)).map((link) => crossing({ ...link, sync_date }));
}

async function unlink({ store, projectId }: LinkCaller, [given]: readonly unknown[]): Promise<true> {
  for (const part of partsOf(idsFrom(given))) await store.deleteLinks(projectId, part);
  return true;
}

function* partsOf(ids: readonly number[]): Generator<readonly number[]> {
  for (let at = 0; at < ids.length; at += AT_A_TIME) yield ids.slice(at, at + AT_A_TIME);
}

/** A list that ends early would look like all that there is. */
function wholeOf({ items, over }: LinksFound, what: string): readonly LinkRow[] {
  if (over === null) return items;
  const { limit, most_bytes, most_read } = SEARCH_BOUNDS;
  const bound =
    over === 'bytes'
      ? `${most_bytes} bytes would be found`
      : `${limit} links would be found, or ${most_read} looked at`;
  throw new RangeError(
    `${what} is too large: more than ${bound}. Give fewer references at once, or references of both systems, or a model.`,
  );
}

/** Names the reference that both have in common, what it is linked to, and what it was to be linked to. */
function takenMessage({ relation, model, refs }: LinkSet, link: LinkRow): string {
  const named = ([system, reference]: LinkRef, of: string | null) =>
    system === 'odoo' ? `record ${of},${reference}` : `${system} ${JSON.stringify(reference)}`;
  const isFirst = refs[0][1] === link.refs[0][1];
  const [common, wanted, there] = isFirst
    ? [refs[0], refs[1], link.refs[1]]
    : [refs[1], refs[0], link.refs[0]];
  return (
    `In relation ${relation}, ${named(common, model)} is linked to ${named(there, link.model)} already, so it is not linked ` +
    `to ${named(wanted, model)}. Unlink that link first, or set allow_many2many.`
  );
}

function refusal(message: string): Error {
  const error = new Error(message);
  error.name = 'ValidationError';
  return error;
}
