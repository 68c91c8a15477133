import { setOwn } from '../../own-value.ts';
import type {
  FieldSpec,
  Model,
  RecordChange,
  RecordRow,
  RecordStore,
  StoredValues,
} from '../../store/record-store.ts';
import { Turns } from '../../turns.ts';
import { LARGEST_RECORD, MOST_KEPT_BYTES, MOST_MODELS, MOST_NEW_MODELS } from '../bounds.ts';
import { idOf } from '../domain/comparable.ts';
import { shown, validationError } from '../domain/refusal.ts';
import { missingError } from '../missing-error.ts';
import { learnedField, mergeModel } from '../models/merge-model.ts';
import type { Given, GivenValues } from '../values/given.ts';
import { convertValue } from '../values/stored-value.ts';
import { withDefaults } from '../values/with-defaults.ts';
import { learnFields } from './learn-fields.ts';
import { readRows, sizesOf } from './read-rows.ts';
import type { ShowDeps } from './show-records.ts';
import { Targets } from './targets.ts';
import { changedFields, isChanged, newRecord, type Touched } from './touched.ts';

export type WriteSetStore = Pick<
  RecordStore,
  'loadModel' | 'listModels' | 'getRecords' | 'getRecordSizes' | 'reserveRecordIds'
>;

/** What each record takes in memory beside its values, in bytes; about. */
const OF_EACH = 500;

/**
 * Changes of records that are kept aside: checked, and put on top of what the store has, until they are committed together or
 * forgotten. What was read of a record that is changed here has to be still so when it is committed.
 */
export class WriteSet {
  readonly #store: WriteSetStore;
  readonly #touched = new Map<string, Map<number, Touched>>();
  readonly #learned = new Map<string, Map<string, FieldSpec>>();
  readonly #turns = new Turns();
  readonly #targets: Targets;
  #changes = 0;
  #bytes = 0;

  constructor(store: WriteSetStore) {
    this.#store = store;
    this.#targets = new Targets(store, this.#turns);
  }

  /** Records that were made, changed or removed; one that is changed twice counts twice. */
  get size(): number {
    return this.#changes;
  }

  /** What is kept in memory, in bytes. */
  get kept(): number {
    return this.#bytes;
  }

  get learned(): ReadonlyMap<string, readonly FieldSpec[]> {
    return new Map([...this.#learned].map(([model, fields]) => [model, [...fields.values()]]));
  }

  /** The model with what was learned here; an open one without fields when nothing is known of it. */
  async model(name: string): Promise<Model> {
    return this.#withLearned(name, await this.#store.loadModel(name));
  }

  #withLearned(name: string, stored: Model | undefined): Model {
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
  async saw(model: string, rows: readonly RecordRow[]): Promise<void> {
    const unseen = rows.filter(({ id }) => !this.touched(model).has(id));
    let bytes = 0;
    for (const { values } of unseen) {
      const size = JSON.stringify(values).length;
      bytes += OF_EACH + size;
      await this.#turns.spend(size);
    }
    this.#keep(bytes);
    this.#note(model, unseen);
  }

  /** The records of these ids as they are seen from here, in this order; without those that are not there. */
  async rows(model: string, ids: readonly number[]): Promise<readonly Touched[]> {
    const seen = this.#touchedOf(model);
    const unseen = ids.filter((id) => !seen.has(id));
    if (unseen.length > 0) {
      const sizes = await sizesOf(this.#store, model, unseen, this.#turns);
      // Before any is read: they may be too much.
      this.#keep([...sizes.values()].reduce((sum, size) => sum + OF_EACH + size, 0));
      this.#note(model, await readRows(this.#store, model, sizes, this.#turns));
    }
    return ids
      .map((id) => seen.get(id))
      .filter((row) => row !== undefined && row.after !== null) as Touched[];
  }

  /** Makes records; resolves with their ids. Throws a ValidationError. */
  async create(name: string, rows: readonly GivenValues[]): Promise<readonly number[]> {
    await this.#checkNew(name);
    // Asked for once, however many records there are: a database may be far away.
    const stored = await this.#store.loadModel(name);
    await this.#seeTargets(this.#withLearned(name, stored), rows);
    const first = await this.#store.reserveRecordIds(name, rows.length);
    const ids: number[] = [];
    for (const [index, given] of rows.entries()) {
      const touched = newRecord(first + index);
      const model = this.#learn(name, given, stored);
      await this.#change(model, withDefaults(model, given), touched);
      this.#touchedOf(name).set(touched.id, touched);
      ids.push(touched.id);
    }
    this.#changes += rows.length;
    return ids;
  }

  /** Changes records. Throws a MissingError or a ValidationError. */
  async write(name: string, ids: readonly number[], given: GivenValues): Promise<void> {
    const rows = await this.#existing(name, ids);
    const model = this.#learn(name, given, await this.#store.loadModel(name));
    for (const row of rows) await this.#change(model, given, row);
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

  #note(model: string, rows: readonly RecordRow[]): void {
    const seen = this.#touchedOf(model);
    for (const row of rows) {
      const { id, values } = row;
      seen.set(id, { id, before: row, after: values, files: new Map(), changed: [], bytes: 0 });
    }
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
  #learn(name: string, given: GivenValues, stored: Model | undefined): Model {
    const model = this.#withLearned(name, stored);
    const learned = learnFields(model, given);
    if (learned.length === 0) return model;
    const own = this.#learned.get(name) ?? new Map<string, FieldSpec>();
    for (const field of learned) own.set(field.name, field);
    this.#learned.set(name, own);
    return this.#withLearned(name, stored);
  }

  /** Puts the values on a record. A file that stays the same is not told from one that changes. */
  async #change(model: Model, given: GivenValues, row: Touched): Promise<void> {
    const values: Record<string, StoredValues[string]> = { ...row.after };
    const files = new Map(row.files);
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
    const bytes = [...files.values()].reduce((sum, file) => sum + (file?.byteLength ?? 0), OF_EACH + size);
    this.#keep(bytes - row.bytes);
    row.bytes = bytes;
    row.after = values;
    row.files = files;
    row.changed = row.before === null ? [] : changedFields(row.before.values, values);
    await this.#turns.spend(OF_EACH + 2 * size);
  }

  /** Throws a RangeError when it would be too much. */
  #keep(bytes: number): void {
    if (this.#bytes + bytes > MOST_KEPT_BYTES) {
      throw new RangeError(
        `What one transaction or call reads and writes of records comes to at most ${MOST_KEPT_BYTES} bytes. Do it in parts, or search for some of the fields (fields).`,
      );
    }
    this.#bytes += bytes;
  }

  async #checkTarget(model: Model, field: FieldSpec, given: Given, id: number): Promise<void> {
    const target = field.relation ?? '';
    const own = this.touched(target).get(id);
    if (own === undefined ? await this.#targets.isThere(target, id) : own.after !== null) return;
    const what = given.kind === 'value' ? shown(given.value) : `${target}(${id})`;
    throw validationError(`${model.name}.${field.name} cannot be ${what}: there is no ${target}(${id}).`);
  }

  /** The records that these values refer to. */
  async #seeTargets(model: Model, rows: readonly GivenValues[]): Promise<void> {
    for (const { name, type, relation } of model.fields.values()) {
      if (type !== 'many2one' || relation === null) continue;
      const ids = rows.map((given) => linkedId(given.get(name))).filter((id) => id !== undefined);
      await this.#targets.see(
        relation,
        ids.filter((id) => !this.touched(relation).has(id)),
      );
    }
  }
}

/** Undefined for what is no id; what it is instead is said when the value is kept. */
const linkedId = (given: Given | undefined): number | undefined =>
  given?.kind === 'record' ? given.id : idOf(given?.value);
