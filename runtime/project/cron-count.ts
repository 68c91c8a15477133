import type { Diagnostic } from '../../sandbox/types.ts';
import { select } from './references.ts';
import type { YamlSource } from './yaml-source.ts';

/** Of one project: each is looked ahead for whenever the project is deployed or planned, on the server's thread. */
const MOST = 500;
/** With `W`, `L`, `#` or `+` days can be years apart, and all days between are looked at: some 20 ms for one pattern. */
const MOST_OF_FEW_DAYS = 100;
const FEW_DAYS = /[WL#+]/i;
const NAMES = /@\w+|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC|SUN|MON|TUE|WED|THU|FRI|SAT/gi;

/** The cron trigger that is one too many, found before any of them is looked at. */
export function excessOfCron(source: YamlSource): Diagnostic | undefined {
  const triggers = select(source.value, ['tasks', '*', 'triggers', '*']).filter(({ value }) => isCron(value));
  const excess = triggers[MOST];
  if (excess !== undefined)
    return source.at(
      excess.path,
      `a project has at most ${MOST} cron triggers: let one of them do several things`,
    );
  const ofFewDays = triggers.filter(({ value }) => isCron(value) && isOfFewDays(value.cron ?? ''));
  const excessOfFewDays = ofFewDays[MOST_OF_FEW_DAYS];
  if (excessOfFewDays === undefined) return undefined;
  return source.at(
    [...excessOfFewDays.path, 'cron'],
    `a project has at most ${MOST_OF_FEW_DAYS} patterns with W, L, # or +: name the days, or let the task look which day it is`,
  );
}

const isOfFewDays = (pattern: string): boolean => FEW_DAYS.test(pattern.replaceAll(NAMES, ''));

const isCron = (value: unknown): value is { readonly cron?: string } =>
  typeof value === 'object' &&
  value !== null &&
  'type' in value &&
  value.type === 'cron' &&
  (!('cron' in value) || typeof value.cron === 'string');
