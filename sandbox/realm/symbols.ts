/**
 * `Symbol.for` with a memory that forgets. The engine's own registry keeps every key for good: measured, a job that registers
 * many leaves less memory to those that come after it in its realm. Here a symbol goes when nobody holds it any more, and
 * nobody can tell, as the same key then gives a symbol that nobody could compare with the old one.
 */
const FIRST_SWEEP = 1_000;

export function forgetSymbols(): void {
  const byKey = new Map<string, WeakRef<symbol>>();
  const keys = new WeakMap<symbol, string>();
  let sweepAt = FIRST_SWEEP;

  const sweep = (): void => {
    for (const [key, held] of byKey) if (held.deref() === undefined) byKey.delete(key);
    sweepAt = Math.max(FIRST_SWEEP, byKey.size * 2);
  };
  const registry = {
    for(key: unknown): symbol {
      const name = `${key as string}`;
      const known = byKey.get(name)?.deref();
      if (known !== undefined) return known;
      const made = Symbol(name);
      keys.set(made, name);
      byKey.set(name, new WeakRef(made));
      if (byKey.size > sweepAt) sweep();
      return made;
    },
    keyFor(symbol: unknown): string | undefined {
      if (typeof symbol !== 'symbol') throw new TypeError('Symbol.keyFor takes a symbol');
      return keys.get(symbol);
    },
  };
  for (const [name, value] of Object.entries(registry)) {
    Object.defineProperty(Symbol, name, { value, writable: true, enumerable: false, configurable: true });
  }
}
