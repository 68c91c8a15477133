import type Database from 'better-sqlite3';
import type { JobRow } from '../../job-store.ts';
import type { RecordChange, RecordStore, RecordsWrite, RecordsWritten } from '../../record-store.ts';
import { validText } from '../../text.ts';
import type { Commits } from '../group-commit.ts';
import type { Logs } from '../logs.ts';
import type { Models } from './models.ts';
import { sqliteRecordReads } from './record-reads.ts';
import { duplicatedField, type RecordTables } from './tables.ts';

const MOST_RESERVED = 5000;
/** What every record costs beside its values, roughly: its columns, and its places in indexes. Millions of empty ones fill a disk too. */
const ROW_BYTES = 256;

/** Thrown within the transaction, so that nothing of the write stays. */
class NotWritten extends Error {
  readonly why: RecordsWritten;

  constructor(why: RecordsWritten) {
    super(why.kind);
    this.why = why;
  }
}

/** Records of all models. `enqueue` inserts a queued job within the transaction. */
export function sqliteRecords(
  db: Database.Database,
  commits: Commits,
  models: Models,
  tables: RecordTables,
  logs: Logs,
  enqueue: (job: JobRow) => void,
): Omit<RecordStore, 'searchRecords' | 'countRecords'> {
  const total = db.prepare<[], number>('SELECT bytes FROM record_totals').pluck();
  const grow = db.prepare('UPDATE record_totals SET bytes = max(0, bytes + ?)');
  const fileSizes = db.prepare<[number, number], { readonly field: string; readonly bytes: number }>(
    'SELECT field, octet_length(bytes) AS bytes FROM record_files WHERE model = ? AND record_id = ?',
  );
  const putFile = db.prepare(
    'INSERT OR REPLACE INTO record_files (model, record_id, field, bytes) VALUES (?, ?, ?, ?)',
  );
  const removeFile = db.prepare('DELETE FROM record_files WHERE model = ? AND record_id = ? AND field = ?');
  const removeFiles = db.prepare('DELETE FROM record_files WHERE model = ? AND record_id = ?');
  /** The highest id that was given out, by model: ids that were reserved and not used are left out. */
  const lastIds = new Map<string, number>();

  /** What all of the records' contents grow by. */
  function writeOne(change: RecordChange, { at, user }: RecordsWrite): number {
    const number = models.numberOf(change.model);
    const { get, insert, update, remove } = tables.write(number);
    const before = get.get(change.id);
    if ((before?.version ?? null) !== change.expected) {
      throw new NotWritten({ kind: 'conflict', model: change.model, id: change.id });
    }
    const sizes = before === undefined ? [] : fileSizes.all(number, change.id);
    const bytesBefore = sizes.reduce(
      (sum, { bytes }) => sum + bytes,
      before === undefined ? 0 : before.bytes + ROW_BYTES,
    );
    if (change.values === null) {
      remove.run(change.id);
      removeFiles.run(number, change.id);
      return -bytesBefore;
    }
    const data = validText(JSON.stringify(change.values));
    try {
      if (before === undefined) {
        insert.run(change.id, at, at, user, user, data);
        models.keepLastId(number, change.id);
      } else {
        update.run(at, user, data, change.id);
      }
    } catch (error) {
      const field = duplicatedField(error);
      if (field === undefined) throw error;
      throw new NotWritten({ kind: 'duplicate', model: change.model, field });
    }
    return ROW_BYTES + Buffer.byteLength(data) + writeFiles(number, change, sizes) - bytesBefore;
  }

  /** What the record's files take together from now on. */
  function writeFiles(
    model: number,
    { id, files }: RecordChange,
    before: readonly { readonly field: string; readonly bytes: number }[],
  ): number {
    const sizes = new Map(before.map(({ field, bytes }) => [field, bytes]));
    for (const [field, bytes] of files) {
      if (bytes === null) removeFile.run(model, id, field);
      else putFile.run(model, id, field, bytes);
      sizes.set(field, bytes?.byteLength ?? 0);
    }
    return [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  function write(write: RecordsWrite): void {
    for (const [model, fields] of write.learned) {
      models.numberOf(model);
      const other = fields.find((field) => !models.learn(model, field));
      if (other !== undefined) throw new NotWritten({ kind: 'conflict', model, id: 0 });
    }
    const growth = write.changes.reduce((sum, change) => sum + writeOne(change, write), 0);
    if (growth > 0 && (total.get() ?? 0) + growth > write.most_bytes) throw new NotWritten({ kind: 'full' });
    grow.run(growth);
    for (const job of write.jobs) enqueue(job);
    logs.append(write.logs);
  }

  /** Within the transaction of a group that others write in: what is refused is undone alone. */
  const writeOrNothing = db.transaction(write);

  return {
    ...sqliteRecordReads(db, models),

    async reserveRecordIds(model, count) {
      // Of models that never came to be, names would gather here. Who loses ids by that finds them taken, and asks for others.
      if (lastIds.size >= MOST_RESERVED) lastIds.clear();
      const last = lastIds.get(model) ?? models.lastId(model) ?? 0;
      lastIds.set(model, last + count);
      return last + 1;
    },

    commitRecords: (given) =>
      commits.write(() => {
        try {
          writeOrNothing(given);
          return { kind: 'written' };
        } catch (error) {
          models.forget();
          tables.forget();
          if (error instanceof NotWritten) return error.why;
          throw error;
        }
      }),
  };
}
