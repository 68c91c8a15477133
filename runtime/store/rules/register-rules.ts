import { decode } from '../../../sandbox/wire/decode.ts';
import { encode } from '../../../sandbox/wire/encode.ts';
import type {
  RegisterConflict,
  RegisterIncrement,
  RegisterPlace,
  RegisterSet,
  RegisterWritten,
} from '../register-store.ts';
import { validText } from '../text.ts';
import { encodedOf, type RegisterRow, valueColumns } from './register-rows.ts';

/** What a key holds before a write. Of the value only increments need to know. */
export type HeldEntry = Pick<RegisterRow, 'version' | 'bytes'> &
  Partial<Pick<RegisterRow, 'value' | 'tails'>>;

/** What a project's registers take together, and the highest version that went away with an entry. */
export interface RegisterTotals {
  readonly bytes: number;
  readonly last_deleted: number;
}
export const NO_TOTALS: RegisterTotals = { bytes: 0, last_deleted: 0 };

/** Where a write stands: what is there before it. */
export interface RegisterState {
  readonly held: HeldEntry | undefined;
  readonly totals: RegisterTotals;
}

/** What comes of a write. `change`: what is to be stored then; null: the entry goes away. */
export interface RegisterStep<Answer> {
  readonly answer: Answer;
  readonly change?: {
    readonly entry: Omit<RegisterRow, 'name' | 'key'> | null;
    readonly totals: RegisterTotals;
  };
}

export function validPlace({ project_id, name, key }: RegisterPlace): RegisterPlace {
  return { project_id, name: validText(name), key: validText(key) };
}

/** The rule of `setRegister`. */
export function setStep(
  given: RegisterSet,
  state: RegisterState,
): RegisterStep<RegisterWritten | RegisterConflict> {
  return conflictOf(given.if_version, state) ?? writeStep(given, state);
}

/** The rule of `incrementRegister`. */
export function incrementStep(
  given: RegisterIncrement,
  state: RegisterState,
): RegisterStep<(RegisterWritten & { readonly value?: number }) | { readonly kind: 'no_number' }> {
  const number = state.held === undefined ? 0 : decode(encodedOf(wholeOf(state.held)));
  const value = typeof number === 'number' ? number + given.by : Number.NaN;
  if (!Number.isFinite(value)) return { answer: { kind: 'no_number' } };
  const { answer, change } = writeStep({ ...given, value: encode(value) }, state);
  return { answer: { ...answer, value }, ...(change && { change }) };
}

/** The rule of `deleteRegister`. */
export function deleteStep(
  given: Pick<RegisterSet, 'if_version'>,
  state: RegisterState,
): RegisterStep<{ readonly kind: 'deleted' | 'missing' } | RegisterConflict> {
  const conflict = conflictOf(given.if_version, state);
  if (conflict !== undefined) return conflict;
  const { held, totals } = state;
  if (held === undefined) return { answer: { kind: 'missing' } };
  const last_deleted = Math.max(totals.last_deleted, held.version);
  return {
    answer: { kind: 'deleted' },
    change: { entry: null, totals: { bytes: totals.bytes - held.bytes, last_deleted } },
  };
}

function conflictOf(
  expected: number | undefined,
  { held }: RegisterState,
): RegisterStep<RegisterConflict> | undefined {
  const version = held?.version ?? 0;
  if (expected === undefined || expected === version) return undefined;
  return { answer: { kind: 'conflict', version } };
}

function writeStep(
  given: Omit<RegisterSet, 'if_version'>,
  { held, totals }: RegisterState,
): RegisterStep<RegisterWritten> {
  const columns = valueColumns(validPlace(given), given.value);
  const growth = columns.bytes - (held?.bytes ?? 0);
  if (growth > 0 && totals.bytes + growth > given.most_bytes) return { answer: { kind: 'full' } };
  const version = (held?.version ?? totals.last_deleted) + 1;
  return {
    answer: { kind: 'written', version },
    change: {
      entry: { ...columns, version, written_at: given.at },
      totals: { ...totals, bytes: totals.bytes + growth },
    },
  };
}

function wholeOf({ value, tails }: HeldEntry): Pick<RegisterRow, 'value' | 'tails'> {
  if (value === undefined || tails === undefined)
    throw new Error('An increment needs the value that is there.');
  return { value, tails };
}
