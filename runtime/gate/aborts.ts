/** Of each attempt, the requests under way that its code may give up, by the numbers it gave them. */
export class Aborts {
  /** By the signal of the attempt. */
  readonly #attempts = new Map<AbortSignal, Map<number, AbortController>>();

  /** A request begins. Its signal is aborted by `abort`; `end` forgets it. */
  begin(attempt: AbortSignal, number: number): { readonly signal: AbortSignal; end(): void } {
    const controller = new AbortController();
    const requests = this.#attempts.get(attempt) ?? new Map<number, AbortController>();
    this.#attempts.set(attempt, requests.set(number, controller));
    return {
      signal: controller.signal,
      end: () => {
        if (requests.get(number) === controller) requests.delete(number);
        if (requests.size === 0) this.#attempts.delete(attempt);
      },
    };
  }

  /** Nothing happens when there is no such request any more. */
  abort(attempt: AbortSignal, number: unknown): void {
    if (typeof number === 'number') this.#attempts.get(attempt)?.get(number)?.abort(ABORTED);
  }
}

const ABORTED = new Error('The code that made the request gave it up.');
