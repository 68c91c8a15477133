import { z } from 'zod';
import { messageOf } from '../../sandbox/message-of.ts';
import { parseDomain } from '../env/domain/parse-domain.ts';
import { parseInstant } from '../instant.ts';
import { cronFault, isTimezone } from './moments.ts';
import { MODEL, MODEL_FORM, TITLE, TITLE_FORM, TRIGGER_NAME, TRIGGER_NAME_FORM } from './names.ts';
import { duration, listOf, optional, section, textLike } from './schema-parts.ts';
import { webhookSchema } from './webhook-schema.ts';

/** Checked together with the other keys, so that all that is wrong with a trigger is said at once. */
const rule = (path: string, error: string) => ({ path: [path], error, when: () => true });

const active = optional(z.boolean(), true);
const name = textLike(TRIGGER_NAME, TRIGGER_NAME_FORM);
const fieldName = textLike(/^[A-Za-z0-9_]{1,64}$/, 'the name of a field: letters, digits and _');
const domain = z.array(z.unknown()).superRefine((value, context) => {
  try {
    parseDomain(value);
  } catch (error) {
    context.addIssue({ code: 'custom', message: `is no domain: ${messageOf(error)}` });
  }
});

const button = section({
  type: z.literal('button'),
  name,
  active,
  data: optional(z.unknown(), null),
});

const instant = z.string().transform((text, context) => {
  const parsed = parseInstant(text);
  if (parsed !== undefined) return parsed;
  const message = 'must be a time with its zone, such as "2026-12-01T02:00:00Z"';
  context.issues.push({ code: 'custom', input: text, message });
  return z.NEVER;
});

const cronPattern = z.string().transform((text, context) => {
  const fault = cronFault(text);
  if (fault === null) return text;
  context.issues.push({ code: 'custom', input: text, message: fault });
  return z.NEVER;
});

const cron = section({
  type: z.literal('cron'),
  name,
  active,
  every: optional(duration(1000, 'at least 1 second'), null),
  cron: optional(cronPattern, null),
  timezone: optional(z.string().refine(isTimezone, 'must be a time zone such as Europe/Berlin or UTC'), null),
  next: optional(instant, null),
  missed: optional(z.enum(['run_once', 'skip']), 'run_once' as const),
  user: optional(textLike(TITLE, TITLE_FORM), null),
})
  .refine((own) => isGiven(own.every) || isGiven(own.cron), rule('type', 'needs "every" or "cron" beside it'))
  .refine(
    (own) => !isGiven(own.every) || !isGiven(own.cron),
    rule('cron', 'and "every" exclude each other: keep one'),
  )
  .refine(
    (own) => !isGiven(own.timezone) || isGiven(own.cron),
    rule('timezone', 'goes with "cron": with "every" remove it'),
  );

const EVENTS = ['create', 'update', 'create_or_update', 'delete', 'time'] as const;
const isUpdate = (event: unknown) => event === 'update' || event === 'create_or_update';

const db = section({
  type: z.literal('db'),
  name,
  active,
  model: textLike(MODEL, MODEL_FORM),
  on: z.enum(EVENTS),
  apply_on: optional(domain, []),
  before_update: optional(domain, []),
  watched_fields: listOf(fieldName),
  field: optional(fieldName, null),
  delay: optional(duration(0, '0 or more'), null),
  direction: optional(z.enum(['before', 'after']), null),
})
  .refine(
    (own) => own.on !== 'time' || isGiven(own.field),
    rule('on', 'is "time" and needs "field" beside it'),
  )
  .refine((own) => own.on === 'time' || !isGiven(own.field), rule('field', 'goes with "on: time" only'))
  .refine((own) => own.on === 'time' || !isGiven(own.delay), rule('delay', 'goes with "on: time" only'))
  .refine(
    (own) => own.on === 'time' || !isGiven(own.direction),
    rule('direction', 'goes with "on: time" only'),
  )
  .refine(
    (own) => isUpdate(own.on) || isEmpty(own.before_update),
    rule('before_update', 'goes with "on: update" or "on: create_or_update" only'),
  )
  .refine(
    (own) => isUpdate(own.on) || isEmpty(own.watched_fields),
    rule('watched_fields', 'goes with "on: update" or "on: create_or_update" only'),
  );

export const triggerSchema = z.discriminatedUnion('type', [webhookSchema, button, cron, db], {
  error: (issue) =>
    issue.code === 'invalid_union' ? 'must be one of: webhook, button, cron, db' : undefined,
});

function isGiven(value: unknown): boolean {
  return value !== null && value !== undefined;
}

function isEmpty(list: unknown): boolean {
  return !Array.isArray(list) || list.length === 0;
}
