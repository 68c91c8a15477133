import { z } from 'zod';
import type { AuditRow } from '../../runtime/store/audit-store.ts';
import { AUDIT_KINDS } from '../../runtime/words.ts';
import { time, toTime } from './common.ts';

export const auditShape = z
  .object({
    id: z.string(),
    at: time,
    kind: z.enum(AUDIT_KINDS),
    project: z.string().nullable().describe('slug'),
    task: z.string().nullable(),
    trigger: z.string().nullable(),
    job: z.string().nullable(),
    version: z.number().int().nullable(),
    user: z.string().nullable().describe('who did it'),
    name: z
      .string()
      .nullable()
      .describe(
        'key of the secret or param, name of the token or register, relation of the link; never a value',
      ),
    message: z.string(),
  })
  .meta({ title: 'Audit row' });

/** An audit row as the API shows it. */
export function toAudit({ at, ...row }: AuditRow): z.infer<typeof auditShape> {
  const { id, kind, project, task, trigger, job, version, user, name, message } = row;
  return { id, at: toTime(at), kind, project, task, trigger, job, version, user, name, message };
}
