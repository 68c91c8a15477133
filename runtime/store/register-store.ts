import type { Encoded } from '../../sandbox/types.ts';

/** Where a value is: keys of a register are told apart, and ordered, by their code points. */
export interface RegisterPlace {
  readonly project_id: string;
  readonly name: string;
  readonly key: string;
}

export interface RegisterEntry {
  readonly name: string;
  readonly key: string;
  readonly value: Encoded;
  /** Grows with each write of the key, from 1 or from above what was deleted: no key has the same version twice. */
  readonly version: number;
  readonly written_at: number;
}

/** What a write needs to know beside its place. */
interface WriteTerms {
  readonly at: number;
  /** What the project's registers may take together, in bytes. */
  readonly most_bytes: number;
}

export interface RegisterSet extends RegisterPlace, WriteTerms {
  readonly value: Encoded;
  /** Write only if the key has this version; 0: only if there is none. Undefined: in any case. */
  readonly if_version: number | undefined;
}

export interface RegisterIncrement extends RegisterPlace, WriteTerms {
  readonly by: number;
}

/** The key has another version than the writer thought; 0: it does not exist. */
export interface RegisterConflict {
  readonly kind: 'conflict';
  readonly version: number;
}

export type RegisterWritten =
  | { readonly kind: 'written'; readonly version: number }
  /** The project's registers would take more than `most_bytes`. */
  | { readonly kind: 'full' };

export interface RegisterFilter {
  /** One register; all of the project when undefined. */
  readonly name?: string | undefined;
  /** Of the keys; counts only with a name. */
  readonly prefix?: string | undefined;
  /** The last entry seen. */
  readonly after?: Pick<RegisterPlace, 'name' | 'key'> | undefined;
  /** With those whose names begin with `_`, when there is no name. */
  readonly hidden?: boolean;
}

/** Entries by name, then key. `more`: there are further ones, left out for this reason. */
export interface RegisterPage {
  readonly items: readonly RegisterEntry[];
  readonly more: 'limit' | 'bytes' | null;
}

export interface RegisterStore {
  getRegister(place: RegisterPlace): Promise<RegisterEntry | undefined>;
  setRegister(write: RegisterSet): Promise<RegisterWritten | RegisterConflict>;
  /** Adds to the number at a key, 0 when there is none. `no_number`: something else is there, or the sum is not finite. */
  incrementRegister(
    write: RegisterIncrement,
  ): Promise<(RegisterWritten & { readonly value?: number }) | { readonly kind: 'no_number' }>;
  /** `if_version` as of a write. */
  deleteRegister(
    place: RegisterPlace & Pick<RegisterSet, 'if_version'>,
  ): Promise<{ readonly kind: 'deleted' | 'missing' } | RegisterConflict>;
  /** Ends before the entry that would bring the values above `most_bytes`; one entry always fits. */
  listRegisters(
    projectId: string,
    filter: RegisterFilter,
    bounds: { readonly limit: number; readonly most_bytes: number },
  ): Promise<RegisterPage>;
}
