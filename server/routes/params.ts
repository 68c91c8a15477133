import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { writeAudit } from '../write-audit.ts';
import { findProject } from './find-project.ts';

export const putParam = endpoint({
  summary: 'Set a param; the value wins over later deploys',
  body: z.strictObject({ value: z.string() }),
  answer: z.object({ key: z.string(), value: z.string() }),
  handle: async (call) => {
    const { slug } = findProject(call).project;
    const key = call.part('key');
    await call.services.runtime.setParam(slug, key, call.body.value, call.actor);
    await writeAudit(call, { kind: 'param_set', message: `Param ${key} was set.` });
    return { key, value: call.body.value };
  },
});

export const deleteParam = endpoint({
  summary: 'Give a param its initial value back',
  answer: null,
  status: 204,
  handle: async (call) => {
    const { slug } = findProject(call).project;
    const key = call.part('key');
    await call.services.runtime.setParam(slug, key, null, call.actor);
    await writeAudit(call, { kind: 'param_reset', message: `Param ${key} has its deployed value again.` });
    return new Response(null, { status: 204 });
  },
});
