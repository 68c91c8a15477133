import type { HookWrite } from '../../hook-store.ts';
import type { JobRow } from '../../job-store.ts';
import type { LedgerWrite } from '../../ledger-store.ts';
import { batches } from '../database/batches.ts';
import type { Database } from '../database/database.ts';
import type { Session } from '../database/session.ts';
import type { Chain, ChainWork } from '../ledger/chain.ts';
import type { Head, LedgerRows } from '../ledger/ledger-rows.ts';
import {
  appendDeliveries,
  deliveriesOf,
  forgetIds,
  rememberIds,
  takeIds,
  takenOf,
} from '../triggers/hook-rows.ts';
import { type JobEnd, type JobEnds, mayWorsen } from './job-ends.ts';
import type { QueueRows } from './queue-rows.ts';

/** A call that is written together with others. */
export interface Part {
  readonly end?: JobEnd;
  /** A webhook's job that is queued, once for its id. */
  readonly delivery?: { readonly job: JobRow; readonly hook: HookWrite };
  readonly rows: readonly LedgerWrite[];
  /** A checkpoint is wished, whatever was written. */
  readonly checkpoint?: boolean;
}

/** Writes what ends with a job or comes with rows of the ledger. */
export interface Commits {
  /** False, and nothing is written, when its job's end does not count or its id was taken before. */
  add(part: Part): Promise<boolean>;
}

export interface CommitsOptions {
  readonly database: Database;
  readonly chain: Chain;
  readonly ledger: LedgerRows;
  readonly ends: JobEnds;
  readonly queue: QueueRows;
  /** Says what is to be said of rows that were removed from the ledger. */
  tellRemoved(session: Session): Promise<void>;
  /** Names who counts lines; see `LogRows`. */
  readonly writer: string;
}

const MOST = 256;
/** While one batch is committed, the next one is written. */
const PARALLEL = 2;

/**
 * Two queues of batches: rows of the ledger are chained, so that what has some is written one batch after the other; the ends of all other
 * jobs need not wait for that.
 */
export function commitsOf(options: CommitsOptions): Commits {
  const { database, chain, ends, writer } = options;
  const writers = Array.from({ length: PARALLEL }, (_, n) => `${writer}/${n + 1}`);

  async function writePlain(parts: readonly Part[]): Promise<readonly boolean[]> {
    const list = endsOf(parts);
    const own = writers.pop() ?? writer;
    try {
      const counted = isPlain(list)
        ? await database.alone(async (session) => {
            // Again for each try: a month may have been dropped since the calls were accepted.
            await ends.ready(list);
            return ends.write(session, list, own);
          })
        : await database.transact((session) => writeEnds(ends, session, list, own));
      return list.map(({ finish: { job } }) => counted.has(job.id));
    } finally {
      writers.push(own);
    }
  }

  async function writeChained(parts: readonly Part[]): Promise<readonly boolean[]> {
    const lost = new Set<Part>();
    for (;;) {
      const kept = parts.filter((part) => !lost.has(part));
      try {
        await chain.write((session, head) => writeParts(options, session, head, kept));
        return parts.map((part) => !lost.has(part));
      } catch (error) {
        if (!(error instanceof DoesNotCount)) throw error;
        for (const part of error.parts) lost.add(part);
      }
    }
  }

  const plain = batches<Part, boolean>({ write: writePlain, most: MOST, parallel: PARALLEL, keysOf });
  const chained = batches<Part, boolean>({ write: writeChained, most: MOST, parallel: 1, keysOf });

  return {
    add: (part) => (part.rows.length > 0 || part.end === undefined ? chained : plain).add(part),
  };
}

/** Thrown to undo a batch some of whose parts do not count; the others are written again. */
class DoesNotCount extends Error {
  override readonly name = 'DoesNotCount';
  readonly parts: readonly Part[];

  constructor(parts: readonly Part[]) {
    super(`${parts.length} parts do not count.`);
    this.parts = parts;
  }
}

/** Writes as if all of them counted, so that nothing waits for the answer: nearly always they do. */
async function writeParts(
  { chain, ends, ledger, queue, tellRemoved, writer }: CommitsOptions,
  session: Session,
  head: Head,
  parts: readonly Part[],
): Promise<ChainWork<void>> {
  const list = endsOf(parts);
  const deliveries = parts.filter((part) => part.delivery !== undefined);
  const queued = deliveries.flatMap(({ delivery }) => delivery ?? []);
  const hooks = list.flatMap(({ finish: { hook } }) => hook ?? []);
  const every = [...hooks, ...queued.map(({ hook }) => hook)];
  const rows = parts.flatMap((part) => part.rows).filter(({ id }) => !chain.wasWritten(id));
  await ends.ready(list);
  const claims = deliveries.flatMap((part) => (part.delivery?.hook.taken ?? []).map((id) => ({ part, id })));
  const [counted, taken, next] = await Promise.all([
    list.length > 0 ? ends.write(session, list, `${writer}/0`) : new Set<string>(),
    takeIds(
      session,
      claims.map(({ id }) => id),
    ),
    ledger.append(session, head, rows),
    queue.enqueue(
      session,
      queued.map(({ job }) => job),
    ),
    rememberIds(session, takenOf(hooks)),
    forgetIds(session, takenOf(every)),
    appendDeliveries(session, deliveriesOf(every)),
  ]);
  const lost = [
    ...parts.filter(({ end }) => end !== undefined && !counted.has(end.finish.job.id)),
    ...taken.flatMap((n) => claims[n]?.part ?? []),
  ];
  if (lost.length > 0) throw new DoesNotCount(lost);
  await worsenAll(ends, session, list);
  let to = next;
  if (parts.some(({ checkpoint }) => checkpoint === true)) {
    await tellRemoved(session);
    if (to.seq > to.checkpointed) to = await ledger.checkpoint(session, to, 'going');
  }
  return { head: to, rows: rows.map(({ id }) => id), value: undefined };
}

/** Ends that have more with them than one statement writes. */
async function writeEnds(
  ends: JobEnds,
  session: Session,
  list: readonly JobEnd[],
  writer: string,
): Promise<ReadonlySet<string>> {
  await ends.ready(list);
  const counted = await ends.write(session, list, writer);
  const those = list.filter(({ finish: { job } }) => counted.has(job.id));
  const hooks = those.flatMap(({ finish: { hook } }) => hook ?? []);
  await Promise.all([
    rememberIds(session, takenOf(hooks)),
    forgetIds(session, takenOf(hooks)),
    appendDeliveries(session, deliveriesOf(hooks)),
    worsenAll(ends, session, those),
  ]);
  return counted;
}

/** In one order, so that processes that tell the same jobs wait for each other and do not lock each other out. */
async function worsenAll(ends: JobEnds, session: Session, list: readonly JobEnd[]): Promise<void> {
  const jobs = list.map(({ finish }) => finish.job).filter(mayWorsen);
  for (const job of jobs.toSorted((a, b) => (a.id < b.id ? -1 : 1))) await ends.worsen(session, job);
}

const endsOf = (parts: readonly Part[]): readonly JobEnd[] => parts.flatMap(({ end }) => end ?? []);

const isPlain = (list: readonly JobEnd[]): boolean =>
  list.every(({ finish }) => finish.hook === undefined && !mayWorsen(finish.job));

/** No statement can write the same job, or the same id of a delivery, twice. */
function keysOf({ end, delivery }: Part): readonly string[] {
  const hook = end?.finish.hook ?? delivery?.hook;
  const keys = (hook?.taken ?? []).map(({ project_id, hash, name }) => `${project_id} ${hash} ${name}`);
  const job = end?.finish.job ?? delivery?.job;
  return job === undefined ? keys : [...keys, job.id];
}
