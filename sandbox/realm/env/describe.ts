import type { Described } from '../../wire/encode.ts';
import { isLinkSet } from './links/link-set.ts';
import { describeRecords } from './record-set.ts';

/** What a set is called where only plain data can cross, and what to pass instead; undefined for anything else. */
export function describeSet(value: object): Described | undefined {
  const records = describeRecords(value);
  if (records !== undefined) {
    return { what: `a set of records of ${records.model}`, instead: 'pass its ids or read(fields)' };
  }
  if (isLinkSet(value)) return { what: 'a set of links', instead: 'pass its external references' };
  return undefined;
}
