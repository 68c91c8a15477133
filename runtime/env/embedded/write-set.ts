import { OwnTurn } from '../../own-turn.ts';
import { setOwn } from '../../own-value.ts';
import type {
  FieldSpec,
  Model,
  RecordChange,
  RecordRow,
  RecordStore,
  StoredValues,
} from '../../store/record-store.ts';
import { LARGEST_RECORD, MOST_FIELDS, MOST_KEPT_BYTES, MOST_MODELS, MOST_NEW_MODELS } from '../bounds.ts';
import { shown, validationError } from '../domain/refusal.ts';
import { missingError } from '../missing-error.ts';
import { learnedField, mergeModel } from '../models/merge-model.ts';
import type { Given, GivenValues } from '../values/given.ts';
import { learnField } from '../values/learn-field.ts';
import { convertValue } from '../values/stored-value.ts';
import type { ShowDeps } from './show-records.ts';

export type WriteSetStore = Pick<
  RecordStore,
  'loadModel' | 'listModels' | 'getRecords' | 'getRecordNames' | 'reserveRecordIds'
>;

/** Records that are read before others get their turn. */
const AT_ONCE = 100;

/** A record that was seen or changed here. `before`: as the store has it; null: it is not there. `after`: null: it is not there any more. */
export interface Touched {
  readonly id: number;
  readonly before: RecordRow | null;
  after: StoredValues | null;
  readonly files: Map<string, Uint8Array | null>;
}

/**
 * Changes of records that are kept aside: checked, and put on top of what the store has, until they are committed together or
 * forgotten. What was read of a record that is changed here has to be still so when it is committed.
 */
export class WriteSet {
  readonly #store: WriteSetStore;
  readonly #touched = new Map<string, Map<number, Touched>>();
  readonly #learned = new Map<string, Map<string, FieldSpec>>();
  readonly #turn = new OwnTurn();
  #changes = 0;
  #bytes = 0;
  #written = 0;

  constructor(store: WriteSetStore) {
    this.#store = store;
  }

  /** Records that were made, changed or removed; one that is changed twice counts twice. */
  get size(): number {
    return this.#changes;
  }

  /** What is kept in memory, in bytes. */
  get kept(): number {
    return this.#bytes;
  }

  /** Of what is to be written, in bytes; what is changed twice counts twice. */
  get written(): number {
    return this.#written;
  }

  get learned(): ReadonlyMap<string, readonly FieldSpec[]> {
    return new Map([...this.#learned].map(([model, fields]) => [model, [...fields.values()]]));
  }

  /** The model with what was learned here; an open one without fields when nothing is known of it. */
  async model(name: string): Promise<Model> {
    const stored = await this.#store.loadModel(name);
    const learned = this.#learned.get(name);
    const model = stored ?? mergeModel({ name, number: 0, declared: [], learned: [] });
    if (learned === undefined) return model;
    return { ...model, fields: new Map([...learned, ...model.fields]) };
  }

  /** Names of the models of which something was touched. */
  models(): readonly string[] {
    return [...this.#touched.keys()];
  }

  /** Names and files of records as they are seen from here, for those that show `model`; undefined: as the store has it. */
  pending(model: string): NonNullable<ShowDeps['pending']> {
    return {
      nameOf: (target, id) => {
        const row = this.#touched.get(target)?.get(id);
        if (row === undefined) return undefined;
        return row.after === null ? null : String(row.after.name ?? '');
      },
      file: (id, field) => this.#touched.get(model)?.get(id)?.files.get(field),
    };
  }

  /** What was touched of a model, by id. */
  touched(model: string): ReadonlyMap<number, Touched> {
    return this.#touched.get(model) ?? new Map();
  }

  /** Notes records that were found otherwise: what is not touched yet has been seen so. Throws a RangeError when that is too much. */
  saw(model: string, rows: readonly RecordRow[]): void {
    const seen = this.#touchedOf(model);
    for (const row of rows) {
      if (seen.has(row.id)) continue;
      this.#keep(JSON.stringify(row.values).length);
      seen.set(row.id, { id: row.id, before: row, after: row.values, files: new Map() });
    }
  }

  /** The records of these ids as they are seen from here, in this order; without those that are not there. */
  async rows(model: string, ids: readonly number[]): Promise<readonly Touched[]> {
    const seen = this.#touchedOf(model);
    const unseen = ids.filter((id) => !seen.has(id));
    for (let at = 0; at < unseen.length; at += AT_ONCE) {
      await this.#turn.end();
      this.saw(model, await this.#store.getRecords(model, unseen.slice(at, at + AT_ONCE)));
    }
    return ids
      .map((id) => seen.get(id))
      .filter((row) => row !== undefined && row.after !== null) as Touched[];
  }

  /** Makes records; resolves with their ids. Throws a ValidationError. */
  async create(name: string, rows: readonly GivenValues[]): Promise<readonly number[]> {
    await this.#checkNew(name);
    const first = await this.#store.reserveRecordIds(name, rows.length);
    const ids: number[] = [];
    for (const [index, given] of rows.entries()) {
      await this.#turn.end();
      const touched: Touched = { id: first + index, before: null, after: null, files: new Map() };
      const model = await this.#learn(name, given);
      touched.after = await this.#changed(model, withDefaults(model, given), {}, touched);
      this.#touchedOf(name).set(touched.id, touched);
      ids.push(touched.id);
    }
    this.#changes += rows.length;
    return ids;
  }

  /** Changes records. Throws a MissingError or a ValidationError. */
  async write(name: string, ids: readonly number[], given: GivenValues): Promise<void> {
    const rows = await this.#existing(name, ids);
    const model = await this.#learn(name, given);
    for (const row of rows) {
      await this.#turn.end();
      row.after = await this.#changed(model, given, row.after ?? {}, row);
    }
    this.#changes += rows.length;
  }

  /** Removes records; those that are gone already are no error. */
  async unlink(name: string, ids: readonly number[]): Promise<void> {
    const rows = await this.rows(name, ids);
    for (const row of rows) row.after = null;
    this.#changes += rows.length;
  }

  /** What is to be written: nothing for records that are as they were. */
  changes(): readonly RecordChange[] {
    return [...this.#touched].flatMap(([model, rows]) =>
      [...rows.values()].filter(isChanged).map(({ id, before, after, files }) => ({
        model,
        id,
        expected: before?.version ?? null,
        values: after,
        files,
      })),
    );
  }

  #touchedOf(model: string): Map<number, Touched> {
    const rows = this.#touched.get(model) ?? new Map<number, Touched>();
    this.#touched.set(model, rows);
    return rows;
  }

  /** Throws a MissingError for a record that is not there. */
  async mustExist(model: string, ids: readonly number[]): Promise<void> {
    await this.#existing(model, ids);
  }

  async #existing(model: string, ids: readonly number[]): Promise<readonly Touched[]> {
    const rows = await this.rows(model, ids);
    const found = new Set(rows.map(({ id }) => id));
    const missing = ids.find((id) => !found.has(id));
    if (missing !== undefined) throw missingError(model, missing);
    return rows;
  }

  /** Every new model is a table. */
  async #checkNew(name: string): Promise<void> {
    if ((await this.#store.loadModel(name)) !== undefined) return;
    const there = await this.#store.listModels();
    const stored = new Set(there.map((model) => model.name));
    const own = [...this.#touched].filter(
      ([model, { size }]) => size > 0 && model !== name && !stored.has(model),
    );
    if (own.length >= MOST_NEW_MODELS) {
      throw validationError(
        `${name} would be one new model more than ${MOST_NEW_MODELS} at once. Make records of the first ones before, in a transaction of their own.`,
      );
    }
    if (there.length + own.length < MOST_MODELS) return;
    throw validationError(`${name} would be one model more than ${MOST_MODELS}. Use one that is there.`);
  }

  /** The model with all fields of these values. */
  async #learn(name: string, given: GivenValues): Promise<Model> {
    const model = await this.model(name);
    const unknown = [...given].filter(([field]) => !model.fields.has(field));
    if (unknown.length === 0) return model;
    const [[first] = ['']] = unknown;
    if (model.strict) {
      const known = [...model.fields.keys()].join(', ');
      throw validationError(
        `${name} has no field ${first}. There are ${known}; others are declared in project.yaml.`,
      );
    }
    const own = this.#learned.get(name) ?? new Map<string, FieldSpec>();
    for (const [field, value] of unknown) {
      const learned = learnField(field, value);
      if (learned !== undefined) own.set(field, learned);
    }
    if (model.fields.size + own.size > MOST_FIELDS) {
      throw validationError(
        `${name} would have more than ${MOST_FIELDS} fields with ${first}. Keep data in one json field.`,
      );
    }
    if (own.size > 0) this.#learned.set(name, own);
    return this.model(name);
  }

  /** The values after the change. A file that stays the same is not told from one that changes. */
  async #changed(
    model: Model,
    given: GivenValues,
    before: StoredValues,
    { files }: Pick<Touched, 'files'>,
  ): Promise<StoredValues> {
    const values: Record<string, StoredValues[string]> = { ...before };
    for (const [name, value] of given) {
      const field = model.fields.get(name) ?? learnedField(name, 'char');
      const converted = convertValue(model.name, field, value);
      if (converted === null) delete values[name];
      else setOwn(values, name, converted.value);
      if (field.type === 'binary') files.set(name, converted?.file ?? null);
      if (field.type === 'many2one' && converted !== null)
        await this.#checkTarget(model, field, value, Number(converted.value));
    }
    for (const { name, required } of model.fields.values()) {
      if (required && !Object.hasOwn(values, name)) {
        throw validationError(`${model.name}.${name} is required and has no value.`);
      }
    }
    const size = Buffer.byteLength(JSON.stringify(values));
    if (size > LARGEST_RECORD) {
      throw validationError(
        `A record of ${model.name} takes at most ${LARGEST_RECORD} bytes as JSON, not ${size}.`,
      );
    }
    let all = size;
    for (const file of files.values()) all += file?.byteLength ?? 0;
    this.#written += all;
    this.#keep(all);
    return values;
  }

  #keep(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes <= MOST_KEPT_BYTES) return;
    throw new RangeError(
      `What one transaction or call reads and writes of records comes to at most ${MOST_KEPT_BYTES} bytes. Do it in parts.`,
    );
  }

  async #checkTarget(model: Model, field: FieldSpec, given: Given, id: number): Promise<void> {
    const target = field.relation ?? '';
    const own = this.touched(target).get(id);
    const isThere =
      own === undefined ? (await this.#store.getRecordNames(target, [id])).has(id) : own.after !== null;
    if (isThere) return;
    const what = given.kind === 'value' ? shown(given.value) : `${target}(${id})`;
    throw validationError(`${model.name}.${field.name} cannot be ${what}: there is no ${target}(${id}).`);
  }
}

/** As in Odoo, a record is active unless it says otherwise, where its model has declared such a field. */
function withDefaults(model: Model, given: GivenValues): GivenValues {
  const active = model.fields.get('active');
  if (active?.type !== 'boolean' || active.learned || given.has('active')) return given;
  return new Map([...given, ['active', { kind: 'value', value: true }]]);
}

/** Whether it is to be written. Values are compared as JSON, so the order of keys in a json field counts. */
export function isChanged({ before, after, files }: Touched): boolean {
  if (before === null) return after !== null;
  return after === null || files.size > 0 || changedFields(before.values, after).length > 0;
}

/** Names of the fields whose values differ. */
export function changedFields(before: StoredValues, after: StoredValues): readonly string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const written = (values: StoredValues, name: string) =>
    Object.hasOwn(values, name) ? JSON.stringify(values[name]) : undefined;
  return [...names].filter((name) => written(before, name) !== written(after, name));
}
