import { isPlainObject } from '../plain-object.ts';
import { isHidden, kindOf, MOST_ENTRIES, problemOf } from './bounds.ts';

/** Arguments as code of a project gave them: anything. Each function throws a TypeError or RangeError that names what is wrong. */

/** The name of a register that the caller may use; a task may not use those of Protected Code. */
export function nameFrom(name: unknown, caller: 'task' | 'protected'): string {
  const text = textFrom('name', name);
  if (caller === 'protected' || !isHidden(text)) return text;
  throw new TypeError(
    `Register ${text} is for Protected Code only, as its name begins with "_". Offer a function there and call that.`,
  );
}

export function textFrom(what: 'name' | 'key', text: unknown): string {
  const problem = problemOf(what, text);
  if (problem === undefined) return String(text);
  throw new TypeError(problem);
}

/** The last argument: an object with some of these names, or nothing. */
export function optionsFrom(options: unknown, known: readonly string[]): ReadonlyMap<string, unknown> {
  if (options === undefined) return new Map();
  if (!isPlainObject(options)) {
    throw new TypeError(`Options are an object with ${known.join(', ')}, not ${kindOf(options)}.`);
  }
  const given = new Map<string, unknown>(Object.entries(options));
  const unknown = [...given.keys()].find((name) => !known.includes(name));
  if (unknown === undefined) return given;
  throw new TypeError(`There is no option "${unknown.slice(0, 60)}". There is ${known.join(', ')}.`);
}

/** Undefined: whatever is there. A lost version would overwrite what it was meant to guard, so it has to be said. */
export function ifVersionFrom(options: ReadonlyMap<string, unknown>): number | undefined {
  if (!options.has('if_version')) return undefined;
  const version = options.get('if_version');
  if (version === null) return 0;
  if (typeof version === 'number' && Number.isSafeInteger(version) && version >= 0) return version;
  throw new TypeError(
    `if_version is ${kindOf(version)}: it takes a version, or 0 or null for a key that must not exist. Leave it out to write in any case.`,
  );
}

export function limitFrom(limit: unknown = MOST_ENTRIES): number {
  if (typeof limit === 'number' && Number.isInteger(limit) && limit >= 1 && limit <= MOST_ENTRIES)
    return limit;
  throw new RangeError(`limit takes a whole number from 1 to ${MOST_ENTRIES}.`);
}

export function stepFrom(by: unknown = 1): number {
  if (typeof by === 'number' && Number.isFinite(by)) return by;
  throw new TypeError(`increment adds a finite number, not what is ${kindOf(by)}.`);
}
