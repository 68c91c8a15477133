import { isPlainObject } from '../plain-object.ts';
import type { LinkRef, LinkWanted } from '../store/link-store.ts';
import { kindOf, type LinkText, MOST_AT_ONCE, problemOf } from './bounds.ts';

/**
 * Arguments as code of a project gave them: anything, in the form that the realm gives them. Each function throws a TypeError or
 * RangeError that names what is wrong.
 */

/** The systems of a link of a record. */
const OF_RECORDS = ['external', 'odoo'];

/** The one object that `link.set` and `link.search` take, by name. */
export function givenFrom(spec: unknown): ReadonlyMap<string, unknown> {
  if (isPlainObject(spec)) return new Map(Object.entries(spec));
  throw new TypeError(`A link is told by an object, not by what is ${kindOf(spec)}.`);
}

export function textFrom(what: LinkText, text: unknown): string {
  const problem = problemOf(what, text);
  if (problem === undefined) return String(text);
  throw new TypeError(problem);
}

export const modelFrom = (model: unknown): string | null =>
  model === null || model === undefined ? null : textFrom('model', model);

/** Milliseconds since 1970; now when there is none. */
export function dateFrom(date: unknown, now: () => number): number {
  if (date === null || date === undefined) return now();
  if (date instanceof Date && Number.isFinite(date.getTime())) return date.getTime();
  throw new TypeError(`sync_date is a valid Date, not what is ${kindOf(date)}. Leave it out for now.`);
}

export function flagFrom(name: string, flag: unknown): boolean {
  if (flag === undefined || typeof flag === 'boolean') return flag === true;
  throw new TypeError(`${name} is true or false, not what is ${kindOf(flag)}.`);
}

/** The two sides of a link, ordered by system. */
export function refsFrom(given: unknown, model: string | null): readonly [LinkRef, LinkRef] {
  const refs = pairsFrom(given).map(
    ([system, reference]): LinkRef => [system, referenceFrom(system, reference)],
  );
  const [a, b] = refs.toSorted(([one], [other]) => (one < other ? -1 : 1));
  if (a === undefined || b === undefined || refs.length !== 2) {
    throw new TypeError(`A link ties references of two systems together, not of ${refs.length}.`);
  }
  const ofRecord = OF_RECORDS.filter((system) => system === a[0] || system === b[0]);
  if (ofRecord.length === 1) {
    throw new TypeError(`"${ofRecord[0]}" is of links of records. Give the external system another name.`);
  }
  if (ofRecord.length === 2 && model === null) {
    throw new TypeError('A link of a record needs the model of the record.');
  }
  return [a, b];
}

/** What a search looks for: one or two systems, each with references or null for all. */
export function wantedFrom(given: unknown): readonly LinkWanted[] {
  const wanted = pairsFrom(given).map(
    ([system, references]): LinkWanted => [system, referencesFrom(system, references)],
  );
  if (wanted.length === 1 || wanted.length === 2) return wanted;
  throw new TypeError(`Links are searched by one system or two, not by ${wanted.length}.`);
}

export function idsFrom(ids: unknown): readonly number[] {
  if (!Array.isArray(ids) || !ids.every((id) => Number.isSafeInteger(id))) {
    throw new TypeError('Links are named by a list of their ids.');
  }
  if (ids.length <= MOST_AT_ONCE) return [...new Set<number>(ids)];
  throw new RangeError(
    `${ids.length} links are too many at once: up to ${MOST_AT_ONCE}. Take them in parts.`,
  );
}

function pairsFrom(given: unknown): readonly (readonly [string, unknown])[] {
  if (!Array.isArray(given)) {
    throw new TypeError(`References of a link are a list of pairs, not what is ${kindOf(given)}.`);
  }
  // More than two are wrong, however many they are.
  const pairs = given.slice(0, 3).map((pair: unknown): readonly [string, unknown] => {
    const [system, value]: readonly unknown[] = Array.isArray(pair) ? pair : [];
    return [textFrom('system', system), value];
  });
  const [one, other] = pairs;
  if (one !== undefined && one[0] === other?.[0]) {
    throw new TypeError(`"${one[0]}" is there twice. A link ties references of two systems together.`);
  }
  return pairs;
}

function referencesFrom(system: string, references: unknown): readonly string[] | null {
  if (references === null || references === undefined) return null;
  const list: readonly unknown[] = Array.isArray(references) ? references : [references];
  if (list.length <= MOST_AT_ONCE) return list.map((reference) => referenceFrom(system, reference));
  const message = `${list.length} references of ${system} are too many at once: up to ${MOST_AT_ONCE}. Take them in parts.`;
  throw new RangeError(message);
}

/** Numbers are references like their text. */
function referenceFrom(system: string, reference: unknown): string {
  const text = textFrom('reference', Number.isFinite(reference) ? String(reference) : reference);
  if (system !== 'odoo' || /^[1-9]\d{0,15}$/.test(text)) return text;
  throw new TypeError(`The id of a record is a whole number from 1 on, not "${text.slice(0, 60)}".`);
}
