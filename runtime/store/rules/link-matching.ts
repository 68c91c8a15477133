import { setImmediate } from 'node:timers/promises';
import type { LinkBounds, LinkRow, LinkSearch, LinksFound, LinkWanted } from '../link-store.ts';
import { validOrNull, validText } from '../text.ts';
import { type LinkColumns, linkOf } from './link-rows.ts';

/** Rows between two turns of the event loop. */
const AT_A_TIME = 500;

/** What a look-up costs, in rows. */
const LOOK_UP = 4;

/** So many pairs are looked up one by one: a reference of a pair may have many links to others. */
const MOST_PAIRS = 10_000;

type Listed = readonly [system: string, references: readonly string[]];

/** By what links are looked up, so that all that are sought are among what is found. */
export type LinkLookUp =
  /** All pairs of a reference of `a` and one of `b`, ordered by system. */
  | { readonly by: 'pairs'; readonly a: Listed; readonly b: Listed }
  | { readonly by: 'references'; readonly system: string; readonly references: readonly string[] }
  /** All that there are, by id. */
  | { readonly by: 'relation' };

/** The cheapest way to what is sought. */
export function lookUpOf({ model, refs }: LinkSearch): LinkLookUp {
  const [one, other] = refs.filter(([system]) => system !== 'odoo' || model !== null).map(distinct);
  const [fewer, more] = inOrderOfSize(one, other);
  if (fewer && more && fewer[1].length * more[1].length <= MOST_PAIRS) {
    const [a, b] = fewer[0] < more[0] ? [fewer, more] : [more, fewer];
    return { by: 'pairs', a, b };
  }
  if (fewer) return { by: 'references', system: fewer[0], references: fewer[1] };
  return { by: 'relation' };
}

/**
 * The links that match, as they come; `batches` are the rows of one look-up each, of which one that finds more than `limit` need not be
 * read to its end.
 */
export async function gathered(
  batches: Iterable<readonly LinkColumns[]> | AsyncIterable<readonly LinkColumns[]>,
  matches: (row: LinkRow) => boolean,
  { limit, most_bytes, most_read }: LinkBounds,
): Promise<LinksFound> {
  const items: LinkRow[] = [];
  let [read, bytes, sinceTurn] = [0, 0, 0];
  for await (const rows of batches) {
    read += rows.length;
    sinceTurn += rows.length + LOOK_UP;
    if (rows.length > limit || read > most_read) return { items, over: 'links' };
    for (const row of rows) {
      const link = linkOf(row);
      if (!matches(link)) continue;
      bytes += row.bytes;
      if (bytes > most_bytes) return { items, over: 'bytes' };
      if (items.length === limit) return { items, over: 'links' };
      items.push(link);
    }
    if (sinceTurn < AT_A_TIME) continue;
    sinceTurn = 0;
    await setImmediate();
  }
  return { items, over: null };
}

/** Links by id: look-ups find them in another order. */
export const byId = ({ items, over }: LinksFound): LinksFound => ({
  over,
  items: items.toSorted((one, other) => one.id - other.id),
});

export function matcher({ model, refs }: LinkSearch): (link: LinkRow) => boolean {
  const wanted = refs.map(([system, references]) => [system, references && new Set(references)] as const);
  return (link) =>
    (model === null || link.model === model) &&
    wanted.every(([system, references]) =>
      link.refs.some(([each, reference]) => each === system && (references?.has(reference) ?? true)),
    );
}

export function validSearch({ relation, model, refs }: LinkSearch): LinkSearch {
  return {
    relation: validText(relation),
    model: validOrNull(model),
    refs: refs.map(([system, references]) => [validText(system), references?.map(validText) ?? null]),
  };
}

/** Those of which the references are known, the shorter list first. */
function inOrderOfSize(...wanted: readonly (LinkWanted | undefined)[]): readonly Listed[] {
  const listed = wanted.flatMap((each): Listed[] => (each?.[1] ? [[each[0], each[1]]] : []));
  return listed.toSorted((one, other) => one[1].length - other[1].length);
}

const distinct = ([system, references]: LinkWanted): LinkWanted => [
  system,
  references && [...new Set(references)],
];
