import type { FieldSpec, RecordRow, StoredValue } from '../../store/record-store.ts';
import type { Turns } from '../../turns.ts';
import { validationError } from './refusal.ts';

/** As much of a record as a domain can ask for. */
export type MatchRecord = Omit<RecordRow, 'version'>;

/** The record of a model, by the model's number and the record's id; undefined when there is none. */
export type Lookup = (model: number, id: number) => Promise<MatchRecord | undefined>;

/** Records that may be read to judge one. */
const MOST_LOOKUPS = 10_000;
/** Characters that may be compared to judge one record; a pattern compares them once for each 31 characters of its own. */
const MOST_CHARACTERS = 20_000_000;
/** What finding one costs, in characters, also where it was read to judge another. */
const EACH = 50;

/** Records that are read to judge one, each once. */
export class Lookups {
  readonly #lookup: Lookup;
  readonly #seen = new Map<string, MatchRecord | undefined>();
  readonly #turns: Turns;
  #characters = 0;

  constructor(lookup: Lookup, turns: Turns) {
    this.#lookup = lookup;
    this.#turns = turns;
  }

  /**
   * Before so many characters are compared: a promise when others are to have their turn first. Throws a `ValidationError` when the
   * domain needs too many.
   */
  compare(characters: number): Promise<void> | undefined {
    this.#characters += characters;
    if (this.#characters > MOST_CHARACTERS) {
      throw validationError(
        `This domain compares more than ${MOST_CHARACTERS} characters to judge one record. Compare long texts by fewer terms and shorter patterns.`,
      );
    }
    return this.#turns.spend(characters);
  }

  /** Rejects with a `ValidationError` when the domain needs too many. */
  async find(model: number, id: number): Promise<MatchRecord | undefined> {
    // Nothing is stored of such a model.
    if (model === 0) return undefined;
    const key = `${model}.${id}`;
    if (this.#seen.has(key)) return this.#seen.get(key);
    if (this.#seen.size === MOST_LOOKUPS) {
      throw validationError(
        `This domain reads more than ${MOST_LOOKUPS} other records to judge one. Give "parent_of" fewer ids, or use fewer paths.`,
      );
    }
    await this.#turns.spend(EACH);
    const record = await this.#lookup(model, id);
    this.#seen.set(key, record);
    return record;
  }
}

/** The value of a field, magic ones too, in stored form; undefined: it is missing. */
export function fieldValue(record: MatchRecord, { name }: FieldSpec): StoredValue | undefined {
  switch (name) {
    case 'id':
      return record.id;
    case 'create_date':
    case 'write_date':
      return new Date(record[name]).toISOString();
    case 'create_uid':
    case 'write_uid':
      return userName(record[name]);
    default:
      return Object.hasOwn(record.values, name) ? (record.values[name] ?? undefined) : undefined;
  }
}

/** The value as the id of another record. */
export function linkOf(record: MatchRecord, field: FieldSpec): number | undefined {
  const id = fieldValue(record, field);
  return typeof id === 'number' ? id : undefined;
}

function userName(uid: string): string | undefined {
  const user: unknown = JSON.parse(uid);
  const name: unknown = typeof user === 'object' && user !== null ? Reflect.get(user, 'name') : undefined;
  return typeof name === 'string' ? name : undefined;
}
