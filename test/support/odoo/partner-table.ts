import { fits, speaksOf } from './domain.ts';
import { odooTime, PARTNER_FIELDS, storedValues, typeOfField, type Values } from './fields.ts';
import { OdooFault } from './odoo-fault.ts';

const MODEL = 'res.partner';

interface Row {
  readonly id: number;
  values: Values;
  readonly createdAt: number;
  writtenAt: number;
}

/** A record as Odoo gives it to callers. */
export type OdooRecord = Readonly<Record<string, unknown>> & { readonly id: number };

export interface SearchTerms {
  readonly domain: unknown;
  readonly offset: number;
  readonly limit: number | null;
  readonly order: string;
  readonly archivedToo: boolean;
}

/** The contacts of the stand-in. Refusals are an `OdooFault`. */
export class PartnerTable {
  readonly #rows = new Map<number, Row>();
  /** The company and the administrator of a new database come first. */
  #lastId = 6;

  create(values: unknown, at = Date.now()): number {
    const stored = { active: true, is_company: false, ...storedValues(MODEL, values) };
    if (!('name' in stored) || stored.name === false) {
      throw new OdooFault('odoo.exceptions.ValidationError', 'Contacts require a name');
    }
    this.#lastId += 1;
    this.#rows.set(this.#lastId, { id: this.#lastId, values: stored, createdAt: at, writtenAt: at });
    return this.#lastId;
  }

  write(ids: readonly number[], values: unknown, at = Date.now()): true {
    const stored = storedValues(MODEL, values);
    for (const row of ids.map((id) => this.#row(id))) {
      row.values = { ...row.values, ...stored };
      row.writtenAt = at;
    }
    return true;
  }

  unlink(ids: readonly number[]): true {
    for (const id of ids) this.#rows.delete(id);
    return true;
  }

  search({ domain, offset, limit, order, archivedToo }: SearchTerms): readonly number[] {
    const all = archivedToo || speaksOf(domain, 'active');
    const found = [...this.#rows.values()]
      .filter((row) => (all || row.values.active === true) && fits(domain, (field) => fieldOf(row, field)))
      .toSorted(comparing(order));
    return found.slice(offset, limit === null ? undefined : offset + limit).map(({ id }) => id);
  }

  /** All fields when none is named. */
  read(ids: readonly number[], fields: readonly string[]): readonly OdooRecord[] {
    const wanted = fields.length > 0 ? fields : [...PARTNER_FIELDS.keys()];
    return ids.map((id) => {
      const row = this.#row(id);
      return { id, ...Object.fromEntries(wanted.map((field) => [field, this.#shown(row, field)])) };
    });
  }

  all(): readonly OdooRecord[] {
    return this.read([...this.#rows.keys()], []);
  }

  #row(id: number): Row {
    const row = this.#rows.get(id);
    if (row !== undefined) return row;
    const message = `Record does not exist or has been deleted.\n(Record: ${MODEL}(${id},), User: 2)`;
    throw new OdooFault('odoo.exceptions.MissingError', message);
  }

  #shown(row: Row, field: string): unknown {
    const value = fieldOf(row, field);
    if (value instanceof Date) return odooTime(value.getTime());
    if (field !== 'parent_id' || typeof value !== 'number') return value;
    return [value, this.#row(value).values.name];
  }
}

function fieldOf({ id, values, createdAt, writtenAt }: Row, field: string): unknown {
  typeOfField(MODEL, field);
  if (field === 'id') return id;
  if (field === 'create_date') return new Date(createdAt);
  if (field === 'write_date') return new Date(writtenAt);
  return values[field === 'display_name' ? 'name' : field] ?? false;
}

/** By `order` as in "write_date desc, id"; by id at the end. */
function comparing(order: string): (one: Row, other: Row) => number {
  const keys = `${order},id`.split(',').filter((key) => key.trim() !== '');
  return (one, other) => {
    for (const key of keys) {
      const [field = '', direction = 'asc'] = key.trim().split(/\s+/);
      const [a, b] = [one, other].map((row) => fieldOf(row, field));
      const order = typeof a === 'string' ? a.localeCompare(String(b)) : Number(a) - Number(b);
      if (order !== 0) return direction === 'desc' ? -order : order;
    }
    return 0;
  };
}
