import type { RecordStore, RecordsWrite, RecordsWritten } from '../../record-store.ts';
import { allEnded } from '../database/all-ended.ts';
import type { Database } from '../database/database.ts';
import type { Reads } from '../database/reads.ts';
import type { Session } from '../database/session.ts';
import type { LogRows } from '../logs/log-rows.ts';
import type { QueueRows } from '../queue/queue-rows.ts';
import { changeRows, type Held, holdRecords } from './change-rows.ts';
import { duplicatedField } from './duplicated-field.ts';
import { keptUser } from './kept-values.ts';
import { learn, numberOf } from './model-writes.ts';
import { type ModelChanges, planChanges } from './planned-changes.ts';
import { keepLastId, reserveRecordIds } from './record-ids.ts';
import { postgresRecordReads } from './record-reads.ts';
import { recordSearches } from './record-search.ts';
import { addBytes, fitsAlone, isNearLimit, totalBytes } from './record-totals.ts';

/** What every record costs beside its values, roughly: its columns, and its places in indexes. Millions of empty ones fill a disk too. */
const ROW_BYTES = 256;

export interface RecordDeps {
  readonly reads: Pick<Reads, 'rows'>;
  readonly queue: Pick<QueueRows, 'enqueue'>;
  readonly logs: Pick<LogRows, 'append'>;
}

/** Changes of a model whose records are held. */
interface HeldModel extends ModelChanges {
  readonly number: number;
  readonly held: Held;
}

/** Thrown within the transaction, so that nothing of the write stays. */
class NotWritten extends Error {
  readonly why: RecordsWritten;

  constructor(why: RecordsWritten) {
    super(why.kind);
    this.why = why;
  }
}

/** Records of all models. */
export function postgresRecords(database: Database, { reads, queue, logs }: RecordDeps): RecordStore {
  /** Of models that are committed: a model keeps its number and its table for good. */
  const numbers = new Map<string, number>();

  async function knownNumber(model: string): Promise<number | undefined> {
    const known = numbers.get(model);
    if (known !== undefined) return known;
    const row = await database.row<{ number: number }>(FIND, [model]);
    if (row !== undefined) numbers.set(model, row.number);
    return row?.number;
  }

  /** Models, then records, each in a fixed order; what others may wait for longest is held last. */
  async function writeAll(
    session: Session,
    write: RecordsWrite,
    models: readonly ModelChanges[],
  ): Promise<void> {
    const found = new Map<string, number>();
    for (const name of inOrder([...write.learned.keys(), ...models.map(({ model }) => model)]))
      found.set(name, numbers.get(name) ?? (await numberOf(session, name)));
    for (const name of inOrder([...write.learned.keys()])) {
      const isLearned = await learn(session, name, write.learned.get(name) ?? []);
      if (!isLearned) throw new NotWritten({ kind: 'conflict', model: name, id: 0 });
    }
    const [seen, held] = await allEnded([
      totalBytes(session),
      allEnded(models.map((each) => hold(session, each, found.get(each.model) ?? 0))),
    ]);
    refuseIfChanged(write, held);
    const growth = held.reduce((sum, each) => sum + growthOf(each), 0);
    const isNear = isNearLimit(growth, seen, write.most_bytes);
    await allEnded([
      ...held.map((each) => writeModel(session, write, each)),
      queue.enqueue(session, write.jobs),
      logs.append(session, write.logs),
      isNear ? Promise.resolve() : addBytes(session, growth),
    ]);
    if (!isNear) return;
    if (!(await fitsAlone(session, growth, write.most_bytes))) throw new NotWritten({ kind: 'full' });
    await addBytes(session, growth);
  }

  const hold = async (
    session: Session,
    { model, changes }: ModelChanges,
    number: number,
  ): Promise<HeldModel> => ({
    model,
    changes,
    number,
    held: await holdRecords(session, number, changes),
  });

  async function writeModel(
    session: Session,
    { at, user }: RecordsWrite,
    { model, number, changes, held }: HeldModel,
  ): Promise<void> {
    const lastId = changes.reduce((last, { id, expected }) => Math.max(last, expected === null ? id : 0), 0);
    const [taken] = await allEnded([
      changeRows(session, number, changes, { isUnique: held.isUnique, write: { at, user: keptUser(user) } }),
      lastId === 0 ? Promise.resolve() : keepLastId(session, model, lastId),
    ]);
    if (taken !== null) throw new NotWritten({ kind: 'conflict', model, id: taken });
  }

  return {
    ...postgresRecordReads(database, knownNumber),
    ...recordSearches(reads),

    reserveRecordIds: (model, count) => reserveRecordIds(database, model, count),

    async commitRecords(write) {
      const models = await planChanges(write.changes);
      for (const { model } of models) await knownNumber(model);
      try {
        await database.transact((session) => writeAll(session, write, models));
        return { kind: 'written' };
      } catch (error) {
        if (error instanceof NotWritten) return error.why;
        const duplicated = await duplicatedField(database, error);
        if (duplicated === undefined) throw error;
        return { kind: 'duplicate', ...duplicated };
      }
    },
  };
}

/** The first change, in the order in which they were given, of a record that is not as its writer has seen it. */
function refuseIfChanged({ changes }: RecordsWrite, held: readonly HeldModel[]): void {
  const versions = new Map(held.map((each) => [each.model, each.held.records]));
  const other = changes.find(
    ({ model, id, expected }) => (versions.get(model)?.get(id)?.version ?? null) !== expected,
  );
  if (other !== undefined) throw new NotWritten({ kind: 'conflict', model: other.model, id: other.id });
}

function growthOf({ changes, held: { records, files } }: HeldModel): number {
  return changes.reduce((sum, change) => {
    const before = records.get(change.id);
    const filesBefore = files.get(change.id) ?? new Map<string, number>();
    const rowBefore = before === undefined ? 0 : before.bytes + ROW_BYTES;
    if (change.kept === null) return sum - rowBefore - total(filesBefore.values());
    const replaced = [...change.files.keys()].map((field) => filesBefore.get(field) ?? 0);
    const put = [...change.files.values()].map((bytes) => bytes?.byteLength ?? 0);
    return sum + change.kept.bytes + ROW_BYTES - rowBefore + total(put) - total(replaced);
  }, 0);
}

const total = (sizes: Iterable<number>): number => [...sizes].reduce((sum, size) => sum + size, 0);

/** Each once. */
const inOrder = (names: readonly string[]): readonly string[] => [...new Set(names)].sort();

const FIND = { name: 'find model', text: 'SELECT number FROM models WHERE name = $1' };
