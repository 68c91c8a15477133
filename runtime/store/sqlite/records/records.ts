import type Database from 'better-sqlite3';
import type { JobRow } from '../../job-store.ts';
import type { RecordChange, RecordStore, RecordsWrite, RecordsWritten } from '../../record-store.ts';
import { validText } from '../../text.ts';
import type { Commits } from '../database/group-commit.ts';
import type { Logs } from '../logs/logs.ts';
import type { Models } from './models.ts';
import { sqliteRecordReads } from './record-reads.ts';
import { duplicatedField, type RecordTables } from './tables.ts';

const MOST_RESERVED = 5000;
/** What every record costs beside its values, roughly: its columns, and its places in indexes. Millions of empty ones fill a disk too. */
const ROW_BYTES = 256;
/** Bytes that are written between two turns of others, and what a record or a job costs beside its bytes. */
const PART = 100_000;
const EACH = 1000;
/** So many changes, and jobs, share a commit with others. */
const FEW = 4;

const WRITTEN: RecordsWritten = { kind: 'written' };

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

  /** Bytes that the record took before, and takes from now on. */
  function writeOne(
    change: RecordChange,
    { at, user }: RecordsWrite,
  ): { readonly before: number; readonly after: number } {
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
      return { before: bytesBefore, after: 0 };
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
    const after = ROW_BYTES + Buffer.byteLength(data) + writeFiles(number, change, sizes);
    return { before: bytesBefore, after };
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

  /** All of it, a few milliseconds from one `yield` to the next. */
  function* parts(write: RecordsWrite): Generator<void, void> {
    for (const [model, fields] of write.learned) {
      models.numberOf(model);
      const other = fields.find((field) => !models.learn(model, field));
      if (other !== undefined) throw new NotWritten({ kind: 'conflict', model, id: 0 });
    }
    let growth = 0;
    let left = PART;
    for (const change of write.changes) {
      const { before, after } = writeOne(change, write);
      growth += after - before;
      left -= EACH + Math.max(before, after);
      if (left > 0) continue;
      left = PART;
      yield;
    }
    if (growth > 0 && (total.get() ?? 0) + growth > write.most_bytes) throw new NotWritten({ kind: 'full' });
    grow.run(growth);
    for (const job of write.jobs) {
      enqueue(job);
      left -= EACH + (job.args?.length ?? 0) + (job.input?.length ?? 0);
      if (left > 0) continue;
      left = PART;
      yield;
    }
    logs.append(write.logs);
  }

  /** Among what others write in the transaction of a group: what is refused is undone alone. */
  const writeOrNothing = db.transaction((write: RecordsWrite) => {
    for (const _part of parts(write));
  });

  const writeWithOthers = (write: RecordsWrite): Promise<RecordsWritten> =>
    commits.write(() => {
      try {
        writeOrNothing(write);
        return WRITTEN;
      } catch (error) {
        models.forget();
        tables.forget();
        return whyNot(error);
      }
    });

  const writeInParts = (write: RecordsWrite): Promise<RecordsWritten> =>
    commits.writeInParts(() => parts(write)).then(() => WRITTEN, whyNot);

  return {
    ...sqliteRecordReads(db, commits, models),

    async reserveRecordIds(model, count) {
      // Of models that never came to be, names would gather here. Who loses ids by that finds them taken, and asks for others.
      if (lastIds.size >= MOST_RESERVED) lastIds.clear();
      const last = lastIds.get(model) ?? models.lastId(model) ?? 0;
      lastIds.set(model, last + count);
      return last + 1;
    },

    commitRecords: (write) =>
      write.changes.length <= FEW && write.jobs.length <= FEW ? writeWithOthers(write) : writeInParts(write),
  };
}

/** Throws what is no refusal. */
function whyNot(error: unknown): RecordsWritten {
  if (error instanceof NotWritten) return error.why;
  throw error;
}
