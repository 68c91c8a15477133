import { MOST_FIELDS } from '../bounds.ts';
import { isFieldName } from '../domain/names.ts';
import { shown, validationError } from '../domain/refusal.ts';
import { MAGIC_FIELDS } from '../magic-fields.ts';

/** A value as code gives it for a field: plain data, or a record. */
export type Given =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'record'; readonly model: string; readonly id: number };

/** Values by name of field. */
export type GivenValues = ReadonlyMap<string, Given>;

/** Reads `[name, kind, value][]`, as the realm sends what `create` and `write` were given. Throws a ValidationError. */
export function readGiven(model: string, row: unknown): GivenValues {
  if (!Array.isArray(row))
    throw validationError(`The values of ${model} are an object with a value for each field.`);
  if (row.length > MOST_FIELDS)
    throw validationError(`A record of ${model} has at most ${MOST_FIELDS} fields.`);
  const given = new Map<string, Given>();
  for (const item of row) {
    const [name, kind, value]: readonly unknown[] = Array.isArray(item) ? item : [];
    given.set(
      checkedName(model, name),
      kind === 'record' ? readRecord(model, value) : { kind: 'value', value },
    );
  }
  return given;
}

/** The same of a plain object, as the API sends it. */
export function givenOf(model: string, values: Readonly<Record<string, unknown>>): GivenValues {
  return readGiven(
    model,
    Object.entries(values).map(([name, value]) => [name, 'value', value]),
  );
}

function checkedName(model: string, name: unknown): string {
  if (typeof name !== 'string' || !isFieldName(name)) {
    throw validationError(
      `${shown(name)} is no name of a field of ${model}: letters, digits and _, up to 64.`,
    );
  }
  if (MAGIC_FIELDS.has(name)) {
    throw validationError(`${name} of ${model} is kept by Sluice and cannot be written. Leave it out.`);
  }
  return name;
}

function readRecord(model: string, value: unknown): Given {
  const { model: target, id } = (value ?? {}) as { readonly model?: unknown; readonly id?: unknown };
  if (typeof target === 'string' && typeof id === 'number' && Number.isSafeInteger(id)) {
    return { kind: 'record', model: target, id };
  }
  throw validationError(`A record that was given for a field of ${model} is malformed.`);
}
