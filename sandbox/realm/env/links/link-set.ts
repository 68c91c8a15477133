import { readDate } from '../arguments.ts';
import type { Connection } from '../connection.ts';
import type { RecordSet } from '../record-set.ts';
import { difference, distinct, intersection, sameIds, union } from '../rows.ts';
import { EXTERNAL, RECORD, type Reference } from './references.ts';

/** A link as the server answers. */
export interface LinkAnswer {
  readonly id: number;
  readonly relation: string;
  readonly model: string | null;
  readonly refs: readonly Reference[];
  readonly sync_date: Date;
}

/** What sets know of a link. Sets made from one another share it. */
interface LinkRow extends Omit<LinkAnswer, 'sync_date'> {
  /** Milliseconds since 1970. */
  syncedAt: number;
}

/** Where links come from and find their records. */
export interface LinkHome {
  readonly connection: Connection;
  records(model: string, ids: readonly number[]): RecordSet;
}

/** Only this file makes sets: the class can be reached through any of them. */
const MAKER = Symbol('makes sets of links');
let isSet: (value: unknown) => value is LinkSet;

/** Links in the order in which they were found; a single link is a set of one. Shape: docs/script-api.md. */
export class LinkSet {
  readonly #home: LinkHome;
  readonly #rows: readonly LinkRow[];
  /** The model of `.odoo` when there is no link to tell it. */
  readonly #model: string;

  constructor(maker: unknown, home: LinkHome, rows: readonly LinkRow[], model: string) {
    if (maker !== MAKER) throw new TypeError('Illegal constructor: set_link and search_links make links.');
    this.#home = home;
    this.#rows = rows;
    this.#model = model;
  }

  static {
    isSet = (value): value is LinkSet => typeof value === 'object' && value !== null && #rows in value;
  }

  get length(): number {
    return this.#rows.length;
  }

  *[Symbol.iterator](): Generator<LinkSet> {
    for (const row of this.#rows) yield this.#with([row]);
  }

  union(other: unknown): LinkSet {
    return this.#with(union(this.#rows, this.#others(other, 'union')));
  }

  intersection(other: unknown): LinkSet {
    return this.#with(intersection(this.#rows, this.#others(other, 'intersection')));
  }

  difference(other: unknown): LinkSet {
    return this.#with(difference(this.#rows, this.#others(other, 'difference')));
  }

  symmetricDifference(other: unknown): LinkSet {
    const others = this.#others(other, 'symmetricDifference');
    return this.#with([...difference(this.#rows, others), ...difference(others, this.#rows)]);
  }

  /** Whether both have the same links, in any order. */
  equals(other: unknown): boolean {
    return sameIds(this.#rows, this.#others(other, 'equals'));
  }

  /** The linked records, not loaded. */
  get odoo(): RecordSet {
    const ids = this.#referencesOf(RECORD, '.odoo').map(Number);
    const linked = this.#rows.filter(({ refs }) => refs.some(([system]) => system === RECORD));
    const [model = this.#model, ...more] = new Set(linked.map((row) => row.model ?? ''));
    if (more.length > 0) {
      throw new TypeError(
        `The links are of several models (${[model, ...more].join(', ')}): take .odoo of each.`,
      );
    }
    return this.#home.records(model, ids);
  }

  /** The external reference, or a list unless there is exactly one. */
  get external(): string | readonly string[] {
    const references = this.#referencesOf(EXTERNAL, '.external');
    const [reference, ...more] = references;
    return reference !== undefined && more.length === 0 ? reference : references;
  }

  /** The oldest of the set; null when it is empty. */
  get sync_date(): Date | null {
    return this.#rows.length === 0 ? null : new Date(Math.min(...this.#rows.map(({ syncedAt }) => syncedAt)));
  }

  /** References of one system, in the order of the links. */
  get(system: unknown): readonly string[] {
    return this.#referencesOf(String(system), `get("${String(system)}")`);
  }

  /** Sets the date of all; now, unless given. */
  async update_links(date?: unknown): Promise<LinkSet> {
    const at = readDate(date, 'update_links: the date') ?? new Date();
    if (this.length === 0) return this;
    const answers = (await this.#call('link.update', [this.#ids, at])) as readonly LinkAnswer[];
    const byId = new Map(answers.map((answer) => [answer.id, answer.sync_date.getTime()]));
    for (const row of this.#rows) row.syncedAt = byId.get(row.id) ?? row.syncedAt;
    return this;
  }

  async unlink(): Promise<true> {
    if (this.length > 0) await this.#call('link.unlink', [this.#ids]);
    return true;
  }

  toJSON(): readonly object[] {
    return this.#rows.map(({ id, relation, model, refs, syncedAt }) => ({
      id,
      relation,
      model,
      refs: Object.fromEntries(refs),
      sync_date: new Date(syncedAt),
    }));
  }

  get #ids(): readonly number[] {
    return this.#rows.map(({ id }) => id);
  }

  #with(rows: readonly LinkRow[]): LinkSet {
    return new LinkSet(MAKER, this.#home, rows, this.#model);
  }

  #call(operation: string, args: readonly unknown[]): Promise<unknown> {
    return this.#home.connection.call(operation, args);
  }

  #referencesOf(system: string, asked: string): readonly string[] {
    const refs = this.#rows.flatMap((row) => row.refs);
    const found = refs.filter(([name]) => name === system).map(([, reference]) => reference);
    if (found.length > 0 || refs.length === 0) return found;
    const systems = [...new Set(refs.map(([name]) => name))].join(' and ');
    throw new TypeError(`${asked}: the links are between ${systems}. Ask for one of these by get(system).`);
  }

  #others(other: unknown, method: string): readonly LinkRow[] {
    if (isLinkSet(other)) return other.#rows;
    throw new TypeError(`${method} takes a set of links.`);
  }
}

export const isLinkSet = (value: unknown): value is LinkSet => isSet(value);

/** The links of an answer. `model` is that of `.odoo` when there are none; '' when nobody knows it. */
export function linksOf(home: LinkHome, answers: readonly LinkAnswer[], model = ''): LinkSet {
  const rows = answers.map(({ sync_date, ...link }) => ({ ...link, syncedAt: sync_date.getTime() }));
  return new LinkSet(MAKER, home, distinct(rows), model);
}
