import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { writeAudit } from '../write-audit.ts';
import { findProject } from './find-project.ts';

export const putSecret = endpoint({
  summary: 'Set a secret; nobody can read it back',
  body: z.strictObject({ value: z.string().min(1, 'it takes text that is not empty') }),
  answer: z.object({
    key: z.string(),
    set: z.literal(true),
    warning: z.string().nullable().describe('when the value is too short or too common to be masked'),
  }),
  handle: async (call) => {
    const { slug } = findProject(call).project;
    const key = call.part('key');
    const { warning } = await call.services.runtime.setSecret(slug, key, call.body.value, call.actor);
    await writeAudit(call, { kind: 'secret_set', message: `Secret ${key} was set.` });
    return { key, set: true as const, warning };
  },
});

export const deleteSecret = endpoint({
  summary: 'Remove the value of a secret',
  answer: null,
  status: 204,
  handle: async (call) => {
    const { slug } = findProject(call).project;
    const key = call.part('key');
    await call.services.runtime.setSecret(slug, key, null, call.actor);
    await writeAudit(call, { kind: 'secret_deleted', message: `The value of secret ${key} was removed.` });
    return new Response(null, { status: 204 });
  },
});
