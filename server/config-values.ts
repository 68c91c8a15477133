import { z } from 'zod';
import { isAddressOrNetwork } from '../runtime/addresses.ts';
import { parseSize } from '../runtime/project/sizes.ts';
import { isDatabaseUrl } from '../runtime/store/postgres/database/server-name.ts';
import { SANDBOX_LEVELS } from '../sandbox/hardening/levels.ts';

/**
 * Kinds of values that options take. Flags and the environment give text, the file gives text, numbers or lists: each
 * kind takes all of them.
 */
const scalar = z.union([z.string(), z.number()]).transform(String);

export const text = scalar.pipe(z.string().min(1));

export const wholeNumber = (least: number, most: number) =>
  scalar
    .pipe(z.string().regex(/^\d{1,15}$/))
    .transform(Number)
    .pipe(z.number().min(least).max(most));

/** `500KB`, `10MB`: becomes bytes. */
export const size = (most: number) =>
  scalar.transform((value, context) => {
    const bytes = parseSize(value) ?? 0;
    if (bytes >= 1 && bytes <= most) return bytes;
    context.addIssue('not a size');
    return z.NEVER;
  });

/** `auto` or `require=LEVEL`: becomes the least level that is good enough. */
export const requiredLevel = z
  .enum(['auto', ...SANDBOX_LEVELS.map((level) => `require=${level}` as const)])
  .default('auto')
  .transform((value) => SANDBOX_LEVELS.find((level) => value === `require=${level}`) ?? 'basic');

/** An address of this server as others see it; becomes one without a slash at the end. */
export const origin = text.transform((value, context) => {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash) {
    return url.href.replace(/\/+$/, '');
  }
  context.addIssue('not a URL');
  return z.NEVER;
});

/** Of a switch, which as a flag has no value. */
export const yesOrNo = z
  .union([
    z.boolean(),
    z.string().transform((value) => ({ true: true, 1: true, false: false, 0: false })[value]),
  ])
  .pipe(z.boolean());

/** What libpq takes as the URL of a database, as it is. Signs of a password that have a meaning in URLs must be encoded. */
export const databaseUrl = text.transform((value, context) => {
  if (isDatabaseUrl(value)) return value;
  context.addIssue('not the URL of a database');
  return z.NEVER;
});

const entries = z
  .union([z.string().transform((value) => value.split(',')), z.array(z.string())])
  .transform((list) => list.map((entry) => entry.trim()).filter((entry) => entry !== ''));

/** Addresses and networks (`10.0.0.0/8`), as a list or separated by commas. */
export const addresses = entries.transform((list, context) => {
  if (list.every(isAddressOrNetwork)) return list;
  context.addIssue('not addresses');
  return z.NEVER;
});
