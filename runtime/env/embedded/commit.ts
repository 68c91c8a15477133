import type { LinkStore } from '../../store/link-store.ts';
import type { RecordStore, RecordsWritten } from '../../store/record-store.ts';
import { StartedSize } from '../../triggers/db-jobs-of-rows.ts';
import { validationError } from '../domain/refusal.ts';
import { type EventDeps, jobsOfEvents, type RecordEvent, type Started } from './record-events.ts';
import { rowOf, uidOf, type Writer } from './session.ts';
import { isChanged, type Touched } from './touched.ts';
import type { WriteSet } from './write-set.ts';

export interface CommitDeps extends EventDeps {
  readonly store: RecordStore & Pick<LinkStore, 'searchLinks'>;
  readonly now: () => number;
  /** Bytes that all records may take. */
  readonly mostBytes: number;
  /** Tells the worker that there is something to do. */
  wake(): void;
}

/**
 * Commits changes of records as of `at`, together with the jobs that they start. False when somebody else has changed one of the records
 * meanwhile: then nothing was written. Rejects with the signal's reason when whose change it is has gone meanwhile. Throws a
 * ValidationError for a value that has to be unique, a RangeError when there is no room, or when the jobs would be too large.
 */
export async function commit(
  deps: CommitDeps,
  set: WriteSet,
  writer: Writer,
  { at, signal }: { readonly at: number; readonly signal?: AbortSignal | undefined },
): Promise<boolean> {
  const changes = set.changes();
  if (changes.length === 0) return true;
  const started = await startedBy(deps, set, writer, at);
  signal?.throwIfAborted();
  const written = await deps.store.commitRecords({
    at,
    user: uidOf(writer.user),
    changes,
    learned: set.learned,
    jobs: started.jobs,
    logs: started.logs,
    most_bytes: deps.mostBytes,
  });
  if (written.kind === 'conflict') return false;
  refuseIfNotWritten(written, deps.mostBytes);
  if (started.jobs.length > 0) deps.wake();
  return true;
}

async function startedBy(deps: CommitDeps, set: WriteSet, writer: Writer, now: number): Promise<Started> {
  const all: Started[] = [];
  const size = new StartedSize();
  for (const name of set.models()) {
    if (deps.catalog.dbTriggers(name).length === 0) continue;
    const model = await set.model(name);
    const events = [...set.touched(name).values()].flatMap((row) => eventsOf(row, writer, now));
    all.push(await jobsOfEvents(deps, model, events, { writer, now, size, pending: set.pending(name) }));
  }
  return { jobs: all.flatMap(({ jobs }) => jobs), logs: all.flatMap(({ logs }) => logs) };
}

function eventsOf(row: Touched, writer: Writer, now: number): readonly RecordEvent[] {
  if (!isChanged(row)) return [];
  const { before, after, files } = row;
  const seen = after === null ? null : rowOf(row, writer, now);
  if (before === null) return [{ kind: 'create', before, after: seen, changed: [] }];
  if (after === null) return [{ kind: 'delete', before, after: seen, changed: [] }];
  const changed = [...new Set([...row.changed, ...files.keys()])];
  return [{ kind: 'update', before, after: seen, changed }];
}

function refuseIfNotWritten(written: RecordsWritten, mostBytes: number): void {
  if (written.kind === 'duplicate') {
    const { model, field } = written;
    throw validationError(
      `Another record of ${model} has the same ${field}, which is to be unique. Find it with search, and write to that one.`,
    );
  }
  if (written.kind === 'full') {
    throw new RangeError(
      `All records take at most ${mostBytes} bytes (max_records). Delete some, or ask the operator for more room.`,
    );
  }
}
