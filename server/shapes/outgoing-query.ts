import { z } from 'zod';
import { periodQuery } from './common.ts';
import { outgoingShape } from './outgoing.ts';

const { kind } = outgoingShape.shape;

/** The filters of the ledger. */
export const outgoingQuery = {
  project: z.string().optional(),
  task: z.string().optional(),
  trigger: z.string().optional(),
  job: z.string().optional(),
  recipient: z.string().optional(),
  kind: z.enum(kind.options, `it takes one of ${kind.options.join(', ')}`).optional(),
  method: z.string().optional(),
  blocked: z
    .enum(['true', 'false'], 'it takes true or false')
    .transform((text) => text === 'true')
    .optional()
    .describe('true: only what was refused; false: only what was not'),
  q: z
    .string()
    .max(1000)
    .optional()
    .describe('text that recipient, url or excerpt contains, upper and lower case alike'),
  ...periodQuery,
};
