import type { StoredValue, StoredValues } from '../../record-store.ts';
import { folded, validText } from '../../text.ts';

/*
 * Values as a record's row has them. jsonb brings the names within an object in an order of its own and writes numbers and spaces its own
 * way, so lists and objects are kept as the text that they are: `{"json": "[1, ...]"}`, however deep they are.
 */

/** What is written of a record's values. */
export interface Kept {
  /** JSON of an object. */
  readonly data: string;
  /** JSON of the texts that `upper` of ASCII does not fold as `folded` does, by field; null: there is none. */
  readonly folded: string | null;
  /** Of the values as JSON, as the contract counts them: bytes, and characters. */
  readonly bytes: number;
  readonly length: number;
}

export function keptValues(values: StoredValues): Kept {
  const given = JSON.stringify(values);
  const entries = Object.entries(values).map(([name, value]): [string, KeptValue] => [name, kept(value)]);
  return {
    data: JSON.stringify(Object.fromEntries(entries)),
    folded: foldedTexts(entries),
    bytes: Buffer.byteLength(given),
    length: given.length,
  };
}

type KeptValue = string | number | boolean | { readonly json: string };

function kept(value: StoredValue): KeptValue {
  if (typeof value === 'string') return validText(value);
  return typeof value === 'object' ? { json: JSON.stringify(value) } : value;
}

/** The values as they were given. */
export function storedValues(data: Readonly<Record<string, KeptValue>>): StoredValues {
  return Object.fromEntries(
    Object.entries(data).map(([name, value]): [string, StoredValue] => [
      name,
      typeof value === 'object' ? JSON.parse(value.json) : value,
    ]),
  );
}

function foldedTexts(entries: readonly (readonly [string, KeptValue])[]): string | null {
  const others = entries.flatMap(([name, value]) => {
    const other = foldedOtherwise(typeof value === 'object' ? value.json : value);
    return other === undefined ? [] : [[name, other] as const];
  });
  return others.length === 0 ? null : JSON.stringify(Object.fromEntries(others));
}

/** JSON of a user, without what PostgreSQL does not read in it. */
export const keptUser = (user: string): string =>
  user.includes('\\u')
    ? JSON.stringify(JSON.parse(user), (_, value: unknown) =>
        typeof value === 'string' ? validText(value) : value,
      )
    : user;

/** JSON of the name of a user where ASCII does not fold it, under the name of its column. */
export function foldedUser(user: string, column: 'create_uid' | 'write_uid'): string | null {
  const parsed: unknown = JSON.parse(user);
  const name: unknown = typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, 'name') : null;
  const other = foldedOtherwise(name);
  return other === undefined ? null : JSON.stringify({ [column]: other });
}

/** Undefined: `upper` of ASCII folds it as well. */
function foldedOtherwise(text: unknown): string | undefined {
  if (typeof text !== 'string' || !/\P{ASCII}/u.test(text)) return undefined;
  const whole = folded(text);
  return whole === text.replace(/[a-z]+/g, (letters) => letters.toUpperCase()) ? undefined : whole;
}
