import { ValidationError } from '../../errors.ts';
import { readFlag, readOptions } from '../arguments.ts';
import type { LinkSet } from '../links/link-set.ts';
import { readReference } from '../links/references.ts';

/** What may happen; both are no unless given. */
export interface SyncOptions {
  readonly create: boolean;
  readonly update: boolean;
}

/** One thing to be brought in step, with the reference by which its link is found. */
export interface SyncItem {
  readonly item: unknown;
  readonly reference: string;
}

export interface SyncPlan {
  /** `sync_odoo2x`, for messages. */
  readonly name: string;
  readonly options: SyncOptions;
  readonly items: readonly SyncItem[];
  /** All links of the items. */
  readonly links: LinkSet;
  /** The system that the references are of. */
  readonly system: string;
  /** Makes the other side and the link to it. */
  create(item: SyncItem): Promise<LinkSet>;
  update(link: LinkSet, item: SyncItem): Promise<unknown>;
}

export function readSyncOptions(value: unknown, name: string): SyncOptions {
  const { create, update } = readOptions(value, ['create', 'update'], name);
  return { create: readFlag(create, `${name}: create`), update: readFlag(update, `${name}: update`) };
}

/** One after the other, in order: what has no link is created, what has one is updated and its date set to now. */
export async function follow({
  name,
  options,
  items,
  links,
  system,
  create,
  update,
}: SyncPlan): Promise<void> {
  const linkOf = new Map<string, LinkSet>();
  for (const link of links) {
    for (const reference of link.get(system)) {
      linkOf.set(reference, linkOf.get(reference)?.union(link) ?? link);
    }
  }
  for (const item of items) {
    const link = linkOf.get(item.reference);
    if (link === undefined) {
      if (options.create) linkOf.set(item.reference, await create(item));
      continue;
    }
    if (link.length > 1) {
      throw new ValidationError(
        `${name}: ${item.reference} has ${link.length} links; it synchronises one to one. Remove the others.`,
      );
    }
    if (!options.update) continue;
    await update(link, item);
    await link.update_links();
  }
}

type Callback = (...args: unknown[]) => unknown;

/**
 * A function that the caller has to give when it is needed; called as a method of its object. Throws a TypeError that
 * names it. `what` says where it is looked for: `sync_odoo2x: info.x`.
 */
export function readFunction(holder: unknown, key: string, what: string, isNeeded = true): Callback {
  const found: unknown = typeof holder === 'object' && holder !== null ? Reflect.get(holder, key) : undefined;
  if (typeof found === 'function') return (...args) => Reflect.apply(found, holder, args);
  if (!isNeeded) return () => undefined;
  throw new TypeError(`${what}.${key} is missing: give a function.`);
}

/** The items as a list. */
export function readItems(items: unknown, name: string): readonly unknown[] {
  if (typeof items === 'object' && items !== null && Symbol.iterator in items) {
    return [...(items as Iterable<unknown>)];
  }
  throw new TypeError(`${name} takes a list of items.`);
}

/** Items with their references, found one after the other. */
export async function withReferences(
  items: readonly unknown[],
  getReference: Callback,
  name: string,
): Promise<SyncItem[]> {
  const found: SyncItem[] = [];
  for (const item of items) {
    found.push({ item, reference: readReference(await getReference(item), `${name}: what get_ref returns`) });
  }
  return found;
}
