/** More triggers than this have had all their tokens back for long. */
const MOST_KEPT = 10_000;

interface Bucket {
  left: number;
  at: number;
}

/** How often something may happen, by name: up to `limit` at once, and `limit` more in each `per` milliseconds. */
export class Rates {
  readonly #buckets = new Map<string, Bucket>();

  /** Takes one; returns 0, or the seconds until there is one to take. */
  take(name: string, { limit, per }: { readonly limit: number; readonly per: number }, now: number): number {
    const before = this.#buckets.get(name) ?? { left: limit, at: now };
    const passed = Math.max(0, now - before.at);
    const left = Math.min(limit, before.left + (passed * limit) / per);
    this.#buckets.delete(name);
    this.#buckets.set(name, { left: left >= 1 ? left - 1 : left, at: now });
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > MOST_KEPT && oldest !== undefined) this.#buckets.delete(oldest);
    return left >= 1 ? 0 : Math.max(1, Math.ceil(((1 - left) * per) / limit / 1000));
  }
}
