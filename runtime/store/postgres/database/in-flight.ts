/** Calls that were accepted and are not answered yet. */
export interface InFlight {
  add<Value>(call: Promise<Value>): Promise<Value>;
  /** Resolves when there is none. */
  idle(): Promise<void>;
}

export function inFlight(): InFlight {
  const calls = new Set<Promise<unknown>>();
  return {
    add(call) {
      const settled: Promise<unknown> = call.catch(() => {}).finally(() => calls.delete(settled));
      calls.add(settled);
      return call;
    },
    async idle() {
      while (calls.size > 0) await Promise.all(calls);
    },
  };
}
