import { z } from 'zod';
import { parseDuration } from '../../runtime/project/durations.ts';

/** What somebody does to the project while a job of it runs, or before a webhook of it is called. */
const MEANWHILE = [
  'delete_project',
  'deploy',
  'switch_off',
  'change_secret',
  'rotate_hook',
  'click_often',
] as const;
export type Meanwhile = (typeof MEANWHILE)[number];

const milliseconds = z.string().transform((text, context) => {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  context.addIssue(`${text} is not a duration`);
  return z.NEVER;
});
const oneOrMore = <Item extends z.ZodType>(item: Item) =>
  z.union([item.transform((one) => [one]), z.array(item)]);

/** A request to the case's webhook. `{{CANARY}}` in it stands for the secret, `{{DEEP}}` and `{{LONG}}` for large texts. */
const request = z.strictObject({
  method: z.string(),
  path: z.string().default(''),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string().optional(),
  /** How often, all at once. */
  times: z.number().int().default(1),
  /** The caller leaves after this time. */
  leave: milliseconds.optional(),
});
export type HookRequest = z.output<typeof request>;

/** One attack and what it has to end with: an entry of `expect.yaml`. The task of this name in the project beside it is the attack. */
const attackCase = z.strictObject({
  case: z.string(),
  /** One sentence for people. */
  tries: z.string(),
  /** What does not hold yet, in one sentence: the case is run and shown as open, not as failed. */
  pending: z.string().optional(),
  /** How the job may end: a status, or `limit_exceeded/` and the limit. `gone`: it does not exist any more. */
  ends: z.array(z.string()).optional(),
  /** The job's result; `[]` is what got through of many attempts. The job is done then. */
  result: z.unknown().optional(),
  /** What the error's message has to contain. */
  says: z.string().optional(),
  /** What Developers may not read in the job. */
  hides: z.array(z.string()).default([]),
  /** At most so many log lines. */
  lines: z.number().int().optional(),
  /** Texts that have to be there in some log line. */
  contains: z.array(z.string()).default([]),
  /** Who may have written log lines. */
  names: z.array(z.string()).optional(),
  /** Data for the button. */
  data: z.unknown().optional(),
  request: request.optional(),
  /** Statuses with which the webhook may answer. */
  answers: oneOrMore(z.number().int()).optional(),
  meanwhile: z.enum(MEANWHILE).optional(),
  /** How long to wait before looking at what is left. */
  wait: milliseconds.default(0),
});
export type AttackCase = z.output<typeof attackCase>;

export const expectations = z.strictObject({
  about: z.string(),
  cases: z.array(attackCase),
});

/** Names of triggers are made of the case's. */
export const buttonOf = (name: string): string => name.toUpperCase().replaceAll('-', '_');
export const hookOf = (name: string): string => `${buttonOf(name)}_HOOK`;

/** `limit_exceeded/cpu`, or the bare status: all the ways in which a case may end. */
export function endingsOf({ ends, result, answers }: AttackCase): readonly string[] | null {
  if (ends !== undefined) return ends;
  if (result !== undefined) return ['done'];
  return answers === undefined ? ['done'] : null;
}
