import type { LinkStore } from '../store/link-store.ts';
import { type StoreCalls, type StoreOperation, serveStoreCalls } from '../store-calls.ts';
import { LINK_OPERATIONS } from './operations.ts';

/** Links as code of a project reaches them. A refusal is a `ValidationError`; wrong arguments are a TypeError or RangeError. */
export type Links = StoreCalls;

export function createLinks(deps: { readonly store: LinkStore; readonly now: () => number }): Links {
  const bound = [...LINK_OPERATIONS].map(([name, run]): [string, StoreOperation] => [
    name,
    ({ projectId }, args) => run({ ...deps, projectId }, args),
  ]);
  return serveStoreCalls(new Map(bound));
}
