import { uuidv7 } from '../runtime/ids.ts';
import type { AuditRow } from '../runtime/store/audit-store.ts';
import type { Call } from './endpoint.ts';

/** What a route says about the change it made; `project` and `trigger` come from its address unless given. */
export type Change = Pick<AuditRow, 'kind' | 'message'> &
  Partial<Pick<AuditRow, 'project' | 'task' | 'trigger' | 'job' | 'version' | 'name'>>;

/** Records a change that the caller made; resolves when it is on disk. */
export async function writeAudit(call: Call, change: Change): Promise<void> {
  const at = Date.now();
  const isTrigger = new URL(call.request.url).pathname.includes('/triggers/');
  const row: AuditRow = {
    id: uuidv7(at),
    at,
    project: call.part('slug') || null,
    task: null,
    trigger: isTrigger ? call.part('name') : null,
    job: null,
    version: null,
    user: call.actor.name,
    name: call.part('key') || null,
    ...change,
  };
  await call.services.runtime.store.appendAudit([row]);
}
