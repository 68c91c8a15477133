import type { RealmJob } from '../job.ts';
import { Transaction, tooLate } from './transaction.ts';

const NESTED =
  'env.transaction: a transaction is under way in this job already. Transactions cannot be nested; put all writes into one.';

/**
 * How one job asks for records and links, and its transaction. It is reached through private fields only: user code holds
 * sets and models, never this.
 */
export class Connection {
  readonly #job: RealmJob;
  readonly #accessors = new Map<string, PropertyDescriptor>();
  #transaction: Transaction | undefined;

  constructor(job: RealmJob) {
    this.#job = job;
  }

  /** A call that no transaction covers. */
  call(operation: string, args: readonly unknown[]): Promise<unknown> {
    return this.#job.call(operation, args);
  }

  /** A call that belongs to the transaction under way, if there is one. Rejects with a TypeError when it has ended. */
  async callWithin(operation: string, args: readonly unknown[]): Promise<unknown> {
    const transaction = this.#transaction;
    const { cause } = this.#job;
    if (transaction?.isOver) throw tooLate(operation);
    if (transaction?.id !== undefined) {
      return transaction.track(this.#job.call(operation, [...args, transaction.id]), operation);
    }
    if (cause instanceof Transaction) throw tooLate(operation);
    return this.#job.call(operation, args);
  }

  /** Runs `work` and commits what it wrote; nothing of it is written when it throws. Resolves with what `work` returned. */
  async transaction(work: unknown): Promise<unknown> {
    if (typeof work !== 'function') throw new TypeError('env.transaction takes a function.');
    if (this.#transaction !== undefined) throw new TypeError(NESTED);
    const outside = this.#job.cause;
    const transaction = new Transaction();
    this.#transaction = transaction;
    try {
      const id = (await this.#job.call('env.begin', [])) as number;
      transaction.open(id);
      this.#job.cause = transaction;
      return await this.#finish(transaction, id, outside, async () => Reflect.apply(work, undefined, []));
    } finally {
      this.#transaction = undefined;
    }
  }

  async #finish(transaction: Transaction, id: number, outside: unknown, work: () => Promise<unknown>) {
    let value: unknown;
    try {
      value = await work();
    } catch (error) {
      transaction.end();
      await this.#rollback(id, outside);
      throw error;
    }
    const forgotten = transaction.end();
    if (forgotten > 0) {
      await this.#rollback(id, outside);
      throw new TypeError(
        `env.transaction: its function ended while ${forgotten} of its calls were not answered, so nothing was written. Await all of them inside it.`,
      );
    }
    this.#job.cause = outside;
    await this.#job.call('env.commit', [id]);
    return value;
  }

  /** A failure of it says nothing new: the server forgets transactions that nobody commits. */
  async #rollback(id: number, outside: unknown): Promise<void> {
    this.#job.cause = outside;
    await this.#job.call('env.rollback', [id]).catch(() => {});
  }

  /** The property by which a record shows a field: one for all records of the job. */
  accessor(name: string, make: () => PropertyDescriptor): PropertyDescriptor {
    const known = this.#accessors.get(name) ?? make();
    this.#accessors.set(name, known);
    return known;
  }
}
