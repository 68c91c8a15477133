import type { RegisterStore } from '../store/register-store.ts';
import { type StoreCalls, type StoreOperation, serveStoreCalls } from '../store-calls.ts';
import { REGISTER_OPERATIONS } from './operations.ts';

/** Registers as code of a project reaches them. Errors are a `ConflictError`, TypeError or RangeError; no message holds a value. */
export type Registers = StoreCalls;

export function createRegisters(deps: {
  readonly store: RegisterStore;
  readonly now: () => number;
}): Registers {
  const bound = [...REGISTER_OPERATIONS].map(([name, run]): [string, StoreOperation] => [
    name,
    (caller, args) => run({ ...deps, ...caller }, args),
  ]);
  return serveStoreCalls(new Map(bound));
}
