import type { RealmJob } from './job.ts';

/** `registers` of one job: every function is a call out of the realm. Arguments are judged by the server. */
export function makeRegisters(job: RealmJob): object {
  return Object.freeze({
    get: (name: unknown, key: unknown) => job.call('registers.get', [name, key]),
    set: (name: unknown, key: unknown, value: unknown, options?: unknown) =>
      job.call('registers.set', [name, key, value, options]),
    delete: (name: unknown, key: unknown, options?: unknown) =>
      job.call('registers.delete', [name, key, options]),
    entries: (name: unknown, options?: unknown) => job.call('registers.entries', [name, options]),
    increment: (name: unknown, key: unknown, by?: unknown) =>
      job.call('registers.increment', [name, key, by]),
  });
}
