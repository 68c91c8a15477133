/** What `env.transaction` began: from its first call until the server has committed or forgotten it. */
export class Transaction {
  #id: number | undefined;
  #isOver = false;
  /** Rejects each call of it that is not answered. */
  readonly #waiting = new Set<() => void>();

  /** Its number on the server; undefined until the server has begun it. */
  get id(): number | undefined {
    return this.#id;
  }

  /** Its function has ended: what comes now is too late. */
  get isOver(): boolean {
    return this.#isOver;
  }

  open(id: number): void {
    this.#id = id;
  }

  /** The same promise, which also rejects when the transaction ends before it is settled. */
  track(answer: Promise<unknown>, operation: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const giveUp = () => reject(tooLate(operation));
      this.#waiting.add(giveUp);
      answer.then(resolve, reject).finally(() => this.#waiting.delete(giveUp));
    });
  }

  /** Rejects what was not awaited, and tells how many calls that were. */
  end(): number {
    this.#isOver = true;
    const forgotten = this.#waiting.size;
    for (const giveUp of this.#waiting) giveUp();
    return forgotten;
  }
}

/** For a call of a function that has ended: it would write outside of the transaction. */
export function tooLate(operation: string): TypeError {
  return new TypeError(
    `${operation}: its transaction has ended. Await everything inside the function of env.transaction.`,
  );
}
