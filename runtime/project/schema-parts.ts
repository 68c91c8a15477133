import { z } from 'zod';
import { DURATION_FORM, parseDuration } from './durations.ts';
import { HOST_FORM, parseHost } from './hosts.ts';
import { IDENTIFIER, IDENTIFIER_FORM } from './names.ts';
import { parseSize, SIZE_FORM } from './sizes.ts';

const CENTURY = 100 * 365 * 24 * 60 * 60 * 1000;

/** The pieces that the sections of project.yaml are made of. Messages complete the sentence "<path> ...". */

/** A map with exactly these keys. For an unknown key the message is the list of the known ones: see `explain.ts`. */
export function section<Shape extends z.ZodRawShape>(shape: Shape) {
  const known = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? known : undefined),
  });
}

/** Left out or left empty means `fallback`. */
export function optional<Schema extends z.ZodType, Fallback>(schema: Schema, fallback: Fallback) {
  return schema.nullish().transform((value) => value ?? fallback);
}

/** A list; left out or left empty it is an empty one. */
export function listOf<Schema extends z.ZodType>(schema: Schema) {
  return optional(z.array(schema), []);
}

/** Text that matches; `form` says in words what matches. */
export function textLike(pattern: RegExp, form: string) {
  return z.string().regex(pattern, `must be ${form}`);
}

export const identifier = textLike(IDENTIFIER, `usable as a name in code: ${IDENTIFIER_FORM}`);
export const note = optional(z.string(), '');

/** Milliseconds; `range` says in words what `minimum` asks. */
export function duration(minimum = 1, range = 'more than 0') {
  return measured(parseDuration, DURATION_FORM, minimum, CENTURY, range);
}

/** Bytes from `minimum` to `maximum`; `range` says so in words. */
export function size(minimum: number, maximum: number, range: string) {
  return measured(parseSize, SIZE_FORM, minimum, maximum, range);
}

function measured(
  parse: (text: string) => number | undefined,
  form: string,
  minimum: number,
  maximum: number,
  range: string,
) {
  const message = `must be ${form}, ${range}`;
  return z.string(message).transform((text, context) => {
    const amount = parse(text);
    if (amount !== undefined && amount >= minimum && amount <= maximum) return amount;
    context.issues.push({ code: 'custom', input: text, message });
    return z.NEVER;
  });
}

export const hostPattern = z.union(
  [
    z.string().transform((text, context) => {
      const host = parseHost(text);
      if (host !== undefined) return host;
      context.issues.push({ code: 'custom', input: text, message: `must be ${HOST_FORM}` });
      return z.NEVER;
    }),
    section({ param: identifier }),
  ],
  `must be ${HOST_FORM}`,
);
