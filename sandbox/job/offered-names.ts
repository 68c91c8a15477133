import type { NameShape } from '../realm/names.ts';
import type { Encoded, Program, TaskUnit } from '../types.ts';
import { encode } from '../wire/codec.ts';

/** What a task mentions of Protected Code. `dynamic` names are known only once Protected Code has run. */
export interface OfferedNames {
  readonly known: readonly NameShape[];
  readonly dynamic: readonly string[];
  /** `known`, encoded. */
  readonly encoded: Encoded;
}

const kept = new WeakMap<TaskUnit, OfferedNames>();

/** Worked out once for each unit: every job of it needs the same. */
export function offeredNames(program: Program, unit: TaskUnit): OfferedNames {
  const found = kept.get(unit) ?? workOut(program, unit);
  kept.set(unit, found);
  return found;
}

function workOut(program: Program, unit: TaskUnit): OfferedNames {
  const exports = program.protected?.exports ?? [];
  const mentioned = exports.filter(({ name }) => unit.mentions.includes(name));
  const known = mentioned.filter(({ kind }) => kind !== 'dynamic') as readonly NameShape[];
  const dynamic = mentioned.filter(({ kind }) => kind === 'dynamic').map(({ name }) => name);
  return { known, dynamic, encoded: encode(known) };
}
