import { userError, valueError } from './odoo-fault.ts';

export type OdooType = 'integer' | 'char' | 'boolean' | 'binary' | 'datetime' | 'many2one';
export type Values = Readonly<Record<string, unknown>>;

/** Fields of res.partner that the stand-in has. */
export const PARTNER_FIELDS: ReadonlyMap<string, OdooType> = new Map<string, OdooType>([
  ['id', 'integer'],
  ['name', 'char'],
  ['display_name', 'char'],
  ['ref', 'char'],
  ['email', 'char'],
  ['phone', 'char'],
  ['active', 'boolean'],
  ['is_company', 'boolean'],
  ['parent_id', 'many2one'],
  ['image_1920', 'binary'],
  ['create_date', 'datetime'],
  ['write_date', 'datetime'],
]);

const READ_ONLY: readonly string[] = ['id', 'create_date', 'write_date', 'display_name'];
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

export function typeOfField(model: string, name: string): OdooType {
  const type = PARTNER_FIELDS.get(name);
  if (type === undefined) throw valueError(`Invalid field '${name}' on model '${model}'`);
  return type;
}

/** Values as they are kept: what is empty is false, and what cannot be written is left out, as Odoo does. */
export function storedValues(model: string, values: unknown): Values {
  if (typeof values !== 'object' || values === null) throw valueError('values have to be a dictionary');
  const known = Object.entries(values).map(
    ([name, value]) => [name, typeOfField(model, name), value] as const,
  );
  return Object.fromEntries(
    known
      .filter(([name]) => !READ_ONLY.includes(name))
      .map(([name, type, value]) => [name, storedValue(type, value)]),
  );
}

function storedValue(type: OdooType, value: unknown): unknown {
  if (type === 'boolean') return Boolean(value);
  if (value === null || value === false || value === '') return false;
  if (type === 'binary' && (typeof value !== 'string' || !BASE64.test(value))) {
    throw userError('This file could not be decoded as an image file.');
  }
  return value;
}

/** Times cross as UTC to the second, though they are kept more precisely. */
export const odooTime = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
