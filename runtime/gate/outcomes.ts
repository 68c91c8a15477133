/**
 * Outcome rows on their way to the disk. Rows arrive there in the order in which they are appended, so the next thing that
 * leaves is on disk after them in any case: only the end of a job and the closing of the gate wait for them.
 */
export class Outcomes {
  /** By the signal of the attempt. */
  readonly #underWay = new Map<AbortSignal, Set<Promise<void>>>();
  readonly #lost = new WeakMap<AbortSignal, number>();

  /** `written` is the outcome's way to the disk. */
  add(attempt: AbortSignal, written: Promise<void>): void {
    const rows = this.#underWay.get(attempt) ?? new Set<Promise<void>>();
    this.#underWay.set(attempt, rows);
    const settled = written
      .catch(() => {
        this.#lost.set(attempt, (this.#lost.get(attempt) ?? 0) + 1);
      })
      .then(() => {
        rows.delete(settled);
        if (rows.size === 0) this.#underWay.delete(attempt);
      });
    rows.add(settled);
  }

  /** Waits for those of one attempt that are under way; gives how many of it could not be written so far. */
  async written(attempt: AbortSignal): Promise<number> {
    await Promise.all(this.#underWay.get(attempt) ?? []);
    return this.#lost.get(attempt) ?? 0;
  }

  /** Waits for all that are under way. */
  async settled(): Promise<void> {
    await Promise.all([...this.#underWay.values()].flatMap((rows) => [...rows]));
  }
}
