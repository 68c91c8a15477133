import { AppError } from '../../app-error.ts';
import type { ReadTerms } from '../../store/read-terms.ts';
import type { Model, RecordPage, RecordRow, RecordStore } from '../../store/record-store.ts';
import { Turns } from '../../turns.ts';
import { LARGEST_ANSWER, MOST_FOUND, MOST_JUDGED } from '../bounds.ts';
import { compareRows } from '../domain/compare-rows.ts';
import type { ParsedDomain, ResolvedDomain } from '../domain/condition.ts';
import { matchDomain } from '../domain/match-domain.ts';
import { parseDomain } from '../domain/parse-domain.ts';
import { parseOrder, type ResolvedOrder } from '../domain/parse-order.ts';
import { resolveDomain } from '../domain/resolve-domain.ts';
import type { SearchOptions } from './arguments.ts';
import { lookupIn } from './lookup-in.ts';
import { asRecordQuery } from './query-limit.ts';
import { rowOf, type Writer } from './session.ts';
import { isChanged } from './touched.ts';
import type { WriteSet } from './write-set.ts';

export interface SearchDeps {
  readonly store: RecordStore;
  readonly now: () => number;
  /** Of each query. */
  readonly terms: ReadTerms;
}

/** What is asked for, checked against the models. */
export interface Query {
  readonly model: Model;
  readonly domain: ResolvedDomain;
  readonly order: ResolvedOrder;
}

/** Throws a ValidationError for a domain or an order that cannot be. */
export async function readQuery(
  store: Pick<RecordStore, 'loadModel'>,
  model: Model,
  domain: unknown,
  order: string | null,
): Promise<Query> {
  const parsed = parseDomain(domain ?? []);
  const resolved = await resolveDomain(parsed, model.name, async (name) =>
    name === model.name ? model : store.loadModel(name),
  );
  return {
    model,
    domain: speaksOf('active', parsed) ? resolved : withoutArchived(model, resolved),
    order: parseOrder(order ?? '', model),
  };
}

function speaksOf(field: string, tree: ParsedDomain): boolean {
  if (tree.kind === 'leaf') return tree.leaf.path.length === 1 && tree.leaf.path[0] === field;
  return tree.kind === 'not' ? speaksOf(field, tree.of) : tree.of.some((part) => speaksOf(field, part));
}

/** As in Odoo: where a model has declared `active`, records that are not are found only by a domain that speaks of it. */
function withoutArchived(model: Model, domain: ResolvedDomain): ResolvedDomain {
  const field = model.fields.get('active');
  if (field?.type !== 'boolean' || field.learned) return domain;
  const test = { kind: 'equal', to: true } as const;
  const isActive = { steps: [], field, test, orNull: true };
  return { kind: 'and', of: [domain, { kind: 'leaf', leaf: isActive }] };
}

/** The records that fit, in order, with these values of theirs. Throws a RangeError when there are too many, or they are too large. */
export async function search(
  deps: SearchDeps,
  { model, domain, order }: Query,
  { limit, offset, fields }: Pick<SearchOptions, 'limit' | 'offset'> & Pick<RecordPage, 'fields'>,
  open?: { readonly set: WriteSet; readonly writer: Writer },
): Promise<readonly RecordRow[]> {
  const wanted = limit ?? MOST_FOUND + 1;
  if (wanted === 0) return [];
  const found =
    open === undefined
      ? await asRecordQuery(
          deps.store.searchRecords(
            { model: model.number, domain, order },
            {
              limit: wanted,
              offset,
              most_bytes: LARGEST_ANSWER,
              ...(fields === undefined ? {} : { fields }),
            },
            deps.terms,
          ),
        )
      : await searchInside(deps, { model, domain, order }, { limit: wanted, offset }, open);
  if (found.length <= MOST_FOUND) return found;
  throw new RangeError(
    `More than ${MOST_FOUND} records of ${model.name} fit. Narrow the domain, or take them in parts with limit and offset.`,
  );
}

export async function count(
  deps: SearchDeps,
  query: Query,
  open?: { readonly set: WriteSet; readonly writer: Writer },
): Promise<number> {
  const { model, domain } = query;
  const wanted = { model: model.number, domain };
  const stored = await asRecordQuery(
    deps.store.countRecords(wanted, { limit: Number.MAX_SAFE_INTEGER }, deps.terms),
  );
  if (open === undefined) return stored;
  const changed = changedRows(deps, model, open);
  const fits = await judgeOf(deps, domain);
  let total = stored;
  for (const { before, after } of changed) total += Number(await fits(after)) - Number(await fits(before));
  return total;
}

interface Open {
  readonly set: WriteSet;
  readonly writer: Writer;
}

/** What a transaction sees: the store's records without those that it has changed, and these as it has made them. */
async function searchInside(
  deps: SearchDeps,
  { model, domain, order }: Query,
  { limit, offset }: { readonly limit: number; readonly offset: number },
  open: Open,
): Promise<readonly RecordRow[]> {
  const changed = changedRows(deps, model, open);
  const most = Math.min(offset + limit + changed.length, offset + MOST_FOUND + 1 + changed.length);
  const wanted = { model: model.number, domain, order };
  const page = { limit: most, offset: 0, most_bytes: LARGEST_ANSWER };
  const stored = await asRecordQuery(deps.store.searchRecords(wanted, page, deps.terms));
  await open.set.saw(model.name, stored);
  const ids = new Set(changed.map(({ id }) => id));
  const own: RecordRow[] = [];
  const fits = await judgeOf(deps, domain);
  for (const { after } of changed) if (after !== null && (await fits(after))) own.push(after);
  const all = [...stored.filter(({ id }) => !ids.has(id)), ...own].sort(compareRows(order));
  return all.slice(offset, offset + limit);
}

function changedRows(deps: SearchDeps, model: Model, { set, writer }: Open) {
  return [...set.touched(model.name).values()].filter(isChanged).map((row) => ({
    id: row.id,
    before: row.before,
    after: row.after === null ? null : rowOf(row, writer, deps.now()),
  }));
}

/** Judges records that the store does not have as they are here. What it costs is bounded as the time of a query is. */
async function judgeOf(
  { store }: SearchDeps,
  domain: ResolvedDomain,
): Promise<(row: RecordRow | null) => Promise<boolean>> {
  const turns = new Turns(MOST_JUDGED, tooMuchWork);
  const lookup = await lookupIn(store, turns);
  return async (row) => row !== null && (await matchDomain(domain, row, lookup, turns));
}

const tooMuchWork = (): AppError =>
  new AppError(
    'query_limit',
    422,
    'This query looks at too much of what its transaction has changed. Search before it begins, or narrow the domain.',
  );
