import type { JobUser } from '../../../sandbox/types.ts';
import type { RecordRow } from '../../store/record-store.ts';
import { MOST_IN_TRANSACTION } from '../bounds.ts';
import { shown } from '../domain/refusal.ts';
import type { Touched } from './touched.ts';
import type { WriteSet } from './write-set.ts';

/** Who writes records, and what it causes is counted from. */
export interface Writer {
  readonly user: JobUser;
  /** Jobs of db triggers above this one: 0 unless a change of a record started it. */
  readonly depth: number;
}

/** Transactions of one job. */
export class EnvSession {
  readonly writer: Writer;
  /** Whose links are seen; "" for a person. */
  readonly projectId: string;
  readonly #open = new Map<number, WriteSet>();
  #last = 0;
  #closed = false;

  constructor(writer: Writer, projectId = '') {
    this.writer = writer;
    this.projectId = projectId;
  }

  get isOpen(): boolean {
    return this.#open.size > 0;
  }

  /** What its open transaction keeps in memory, in bytes. */
  get kept(): number {
    return [...this.#open.values()].reduce((sum, set) => sum + set.kept, 0);
  }

  /** Its job is over: what nobody committed is forgotten, and nothing begins any more. */
  close(): void {
    this.#closed = true;
    this.#open.clear();
  }

  begin(set: WriteSet): number {
    if (this.#closed) throw new Error('The job has ended.');
    if (this.isOpen) throw new Error('A job has one transaction at a time. End the one that is open first.');
    this.#last += 1;
    this.#open.set(this.#last, set);
    return this.#last;
  }

  /** The open transaction of this number; undefined when none was named. */
  transaction(number: unknown): WriteSet | undefined {
    if (number === undefined || number === null) return undefined;
    const set = typeof number === 'number' ? this.#open.get(number) : undefined;
    if (set === undefined) {
      throw new Error(
        `Transaction ${shown(number)} is over. Await what is done in it before its function returns.`,
      );
    }
    if (set.size <= MOST_IN_TRANSACTION) return set;
    throw new RangeError(`A transaction keeps at most ${MOST_IN_TRANSACTION} changes. Commit in parts.`);
  }

  /** Takes it out: nothing is added to it any more. */
  end(number: unknown): WriteSet | undefined {
    const set = this.transaction(number);
    if (set !== undefined) this.#open.delete(Number(number));
    return set;
  }
}

/** A record of a write set as a row, for those who read it before it is committed. */
export function rowOf({ id, before, after }: Touched, writer: Writer, now: number): RecordRow {
  const uid = uidOf(writer.user);
  return {
    id,
    version: before?.version ?? 0,
    create_date: before?.create_date ?? now,
    write_date: now,
    create_uid: before?.create_uid ?? uid,
    write_uid: uid,
    values: after ?? {},
  };
}

/** `create_uid` and `write_uid` as they are kept. */
export const uidOf = ({ id, name }: JobUser): string => JSON.stringify({ id, name });
