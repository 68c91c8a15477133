import { setOwn } from '../../own-value.ts';
import type { FieldSpec, Model, RecordRow, StoredValue } from '../../store/record-store.ts';

/** A many2one as it is read. */
export interface Reference {
  readonly id: number;
  readonly name: string;
}

/** What records hold beside themselves, fetched for many at once. */
export interface Surroundings {
  /** Undefined when there is no such record any more. */
  nameOf(model: string, id: number): string | undefined;
  file(id: number, field: string): Uint8Array | undefined;
}

/** A record as code sees it: `id` and its fields, null for what has no value. */
export type ShownRecord = Readonly<Record<string, unknown>> & { readonly id: number };

export const MAGIC = ['create_date', 'write_date', 'create_uid', 'write_uid'] as const;

/** Names of the fields that are loaded unless others are asked for: all but the binary ones. */
export function standardFields({ fields }: Model): readonly string[] {
  const own = [...fields.values()].filter(({ type }) => type !== 'binary').map(({ name }) => name);
  return [...own, ...MAGIC];
}

/** The record with these fields; names of the model only. */
export function showRecord(
  model: Model,
  row: RecordRow,
  fields: readonly string[],
  around: Surroundings,
): ShownRecord {
  const shown: Record<string, unknown> = { id: row.id };
  for (const name of fields) {
    const spec = model.fields.get(name);
    setOwn(shown, name, spec === undefined ? magicValue(row, name) : showValue(row, spec, around));
  }
  return shown as ShownRecord;
}

function magicValue(row: RecordRow, name: string): unknown {
  switch (name) {
    case 'create_date':
      return new Date(row.create_date);
    case 'write_date':
      return new Date(row.write_date);
    case 'create_uid':
      return JSON.parse(row.create_uid);
    case 'write_uid':
      return JSON.parse(row.write_uid);
    default:
      return null;
  }
}

function showValue({ id, values }: RecordRow, field: FieldSpec, around: Surroundings): unknown {
  const value: StoredValue | undefined = Object.hasOwn(values, field.name) ? values[field.name] : undefined;
  if (value === undefined) return null;
  if (field.type === 'datetime') return new Date(String(value));
  if (field.type === 'binary') return around.file(id, field.name) ?? null;
  if (field.type !== 'many2one') return value;
  const name = around.nameOf(field.relation ?? '', Number(value));
  return name === undefined ? null : ({ id: Number(value), name } satisfies Reference);
}
