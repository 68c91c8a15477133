/** References of links: what systems call their things. They are compared as text. */

/** A system and its one reference. */
export type Reference = readonly [system: string, reference: string];
/** A system and the references looked for; null: any. */
export type References = readonly [system: string, references: readonly string[] | null];

/** The systems of a link between a record and something outside. */
export const RECORD = 'odoo';
export const EXTERNAL = 'external';

/** Text of a reference. Throws a TypeError for what is neither text nor a number; `what` says what it is. */
export function readReference(value: unknown, what: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  throw new TypeError(`${what} is a text or a number${value === null ? ', not null' : ''}.`);
}

/** Texts of references, one alone is a list of one; null: any. */
export function readReferences(value: unknown, what: string): readonly string[] | null {
  if (value === null) return null;
  const values: unknown = value instanceof Set ? [...value] : value;
  if (!Array.isArray(values)) return [readReference(values, what)];
  return [...new Set(values.map((each, at) => readReference(each, `${what}[${at}]`)))];
}
