import type { NameShape } from '../realm/names.ts';
import type { Encoded, Program, ProtectedUnit, TaskUnit } from '../types.ts';
import { encode } from '../wire/encode.ts';

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

/** Whether `name` or `name.member` may be called. Of what is known only once the code has run, its realm decides. */
export function offersFunction({ exports }: ProtectedUnit, path: string): boolean {
  const [name, member, ...more] = path.split('.');
  if (more.length > 0) return false;
  const offer = exports.find((candidate) => candidate.name === name);
  if (offer === undefined) return false;
  if (offer.kind === 'dynamic') return true;
  if (offer.kind === 'function') return member === undefined;
  return member !== undefined && offer.members.includes(member);
}
