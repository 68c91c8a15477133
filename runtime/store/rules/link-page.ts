import type { LinkFilter, LinkRow } from '../link-store.ts';
import { validText } from '../text.ts';
import { keptRef, type LinkColumns, linkOf } from './link-rows.ts';

/** What a page looks at, at most. */
export const MOST_READ = 5000;

/** A page of `rows`, which come newest first; it ends early when many that do not match were looked at. */
export async function linkPage(
  rows: Iterable<LinkColumns> | AsyncIterable<LinkColumns>,
  filter: LinkFilter,
  limit: number,
): Promise<{ readonly items: readonly LinkRow[]; readonly next: number | null }> {
  const items: LinkRow[] = [];
  let read = 0;
  let last = 0;
  for await (const row of rows) {
    if (items.length === limit || read === MOST_READ) return { items, next: last };
    read += 1;
    last = row.id;
    const link = linkOf(row);
    if (matches(link, filter)) items.push(link);
  }
  return { items, next: null };
}

/** The reference that is asked for, when its links can be looked up by it. */
export function lookedUpRef({
  relation,
  system,
  reference,
  model,
}: LinkFilter): { readonly relation: string; readonly system: string; readonly kept: string } | undefined {
  if (relation === undefined || system === undefined || reference === undefined) return undefined;
  if (system === 'odoo' && model === undefined) return undefined;
  return { relation, system, kept: keptRef(model ?? null, [system, reference]) };
}

export function validFilter(filter: LinkFilter): LinkFilter {
  const { relation, model, system, reference } = filter;
  const valid = (text: string | undefined) => text && validText(text);
  return {
    relation: valid(relation),
    model: valid(model),
    system: valid(system),
    reference: valid(reference),
  };
}

function matches(link: LinkRow, { relation, model, system, reference }: LinkFilter): boolean {
  return (
    (relation === undefined || link.relation === relation) &&
    (model === undefined || link.model === model) &&
    (system === undefined ||
      link.refs.some(([each, found]) => each === system && (reference === undefined || found === reference)))
  );
}
