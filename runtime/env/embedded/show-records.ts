import type { ReadTerms } from '../../store/read-terms.ts';
import type { Model, RecordRow, RecordStore } from '../../store/record-store.ts';
import { Turns } from '../../turns.ts';
import { LARGEST_ANSWER, LONGEST_NAME } from '../bounds.ts';
import { type ShownRecord, type Surroundings, showRecord } from '../values/shown-record.ts';
import { type HowToRead, type NameStore, namesOf } from './names-of.ts';

/** What code gets of records: which fields they carry, and their values. */
export interface Shown {
  readonly model: string;
  readonly fields: readonly string[];
  readonly records: readonly ShownRecord[];
}

export interface ShowDeps {
  readonly store: NameStore & Pick<RecordStore, 'getRecordFiles'>;
  /** Of reads of what is large. */
  readonly terms?: ReadTerms;
  /** Names and files that are not in the store yet; undefined: ask it. */
  readonly pending?: {
    nameOf(model: string, id: number): string | null | undefined;
    file(id: number, field: string): Uint8Array | null | undefined;
  };
}

const AT_ONCE = 50;

/** The records with these fields, names of what they refer to, and contents of their files. Throws a RangeError when that is too much to cross. */
export async function showRecords(
  { store, pending, terms = {} }: ShowDeps,
  model: Model,
  rows: readonly RecordRow[],
  fields: readonly string[],
): Promise<Shown> {
  const records: ShownRecord[] = [];
  const turns = new Turns();
  const nameBytes = fields.reduce((sum, name) => sum + name.length + MARKS, 0);
  let bytes = 0;
  for (let at = 0; at < rows.length; at += AT_ONCE) {
    const part = rows.slice(at, at + AT_ONCE);
    const names = await namesFor(store, model, part, fields, { turns, terms });
    const files = await filesFor(store, model, part, fields);
    const around: Surroundings = {
      nameOf: (target, id) => {
        const own = pending?.nameOf(target, id);
        return own === undefined ? names.get(target)?.get(id) : own?.slice(0, LONGEST_NAME);
      },
      file: (id, field) => {
        const own = pending?.file(id, field);
        return own === undefined ? files.get(`${id}/${field}`) : (own ?? undefined);
      },
    };
    for (const row of part) {
      const record = showRecord(model, row, fields, around);
      records.push(record);
      const size = Object.values(record).reduce<number>((sum, value) => sum + sizeOf(value), nameBytes);
      bytes += size;
      if (bytes > LARGEST_ANSWER) throw tooMuch(model, rows.length);
      await turns.spend(size);
    }
  }
  return { model: model.name, fields, records };
}

/** Quotes, colon and comma. */
const MARKS = 4;

/** Of a value on its way, in bytes, roughly. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (value instanceof Uint8Array) return value.byteLength;
  return typeof value === 'object' && value !== null ? JSON.stringify(value).length : MARKS;
}

function tooMuch(model: Model, records: number): Error {
  return new RangeError(
    `${records} records of ${model.name} come to more than ${LARGEST_ANSWER} bytes. Ask for fewer at once (limit, offset) or for some of their fields (fields).`,
  );
}

type Names = ReadonlyMap<string, ReadonlyMap<number, string>>;

async function namesFor(
  store: ShowDeps['store'],
  model: Model,
  rows: readonly RecordRow[],
  fields: readonly string[],
  how: HowToRead,
): Promise<Names> {
  const wanted = new Map<string, Set<number>>();
  for (const name of fields) {
    const field = model.fields.get(name);
    if (field?.type !== 'many2one' || field.relation === null) continue;
    const ids = wanted.get(field.relation) ?? new Set();
    for (const { values } of rows) if (Object.hasOwn(values, name)) ids.add(Number(values[name]));
    wanted.set(field.relation, ids);
  }
  const names = new Map<string, ReadonlyMap<number, string>>();
  for (const [target, ids] of wanted) {
    if (ids.size > 0) names.set(target, await namesOf(store, target, [...ids], how));
  }
  return names;
}

async function filesFor(
  store: ShowDeps['store'],
  model: Model,
  rows: readonly RecordRow[],
  fields: readonly string[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  const binary = fields.filter((name) => model.fields.get(name)?.type === 'binary');
  if (binary.length === 0) return new Map();
  const sizes = rows.flatMap(({ values }) =>
    binary.map((name) => (Object.hasOwn(values, name) ? Number(values[name]) : 0)),
  );
  if (sizes.reduce((sum, size) => sum + size, 0) > LARGEST_ANSWER) throw tooMuch(model, rows.length);
  const ids = rows.map(({ id }) => id);
  const files = await store.getRecordFiles(model.name, ids, binary);
  return new Map(files.map(({ id, field, bytes }) => [`${id}/${field}`, bytes]));
}
