import { uuidv7 } from '../../runtime/ids.ts';
import type { JobRow } from '../../runtime/store/job-store.ts';
import type { LedgerWrite } from '../../runtime/store/ledger-store.ts';
import type { LogWrite } from '../../runtime/store/log-store.ts';
import type { DeployWrite } from '../../runtime/store/project-store.ts';

/**
 * Rows as the works write them, for tests that are about something else than what is in them.
 */

export const PROJECT_ID = '0190a1b2-0000-7000-8000-000000000001';

/** A time in the middle of a month: 2026-11-15T12:00:00Z. */
export const MID_MONTH = Date.UTC(2026, 10, 15, 12);

/** A job of a button, queued and due. `created_at` also makes its id. */
export function jobRow(changes: Partial<JobRow> = {}): JobRow {
  const createdAt = changes.created_at ?? MID_MONTH;
  return {
    id: uuidAt(createdAt),
    project_id: PROJECT_ID,
    project: 'demo',
    task: 'Greet',
    trigger: 'HELLO',
    trigger_type: 'button',
    function: 'handle_button',
    status: 'queued',
    overall: 'queued',
    attempt: 0,
    max_attempts: 5,
    priority: 10,
    created_at: createdAt,
    planned_at: null,
    run_at: createdAt,
    started_at: null,
    finished_at: null,
    cpu_ms: null,
    version: null,
    user: '{"id":null,"name":"admin","login":"admin","role":"manager"}',
    input: null,
    input_whole: 1,
    args: null,
    result: null,
    error: null,
    parent_id: null,
    depth: 0,
    identity_key: null,
    description: null,
    ...changes,
  };
}

/** A job of a webhook, done: one that may be new to the store. */
export function doneJob(changes: Partial<JobRow> = {}): JobRow {
  const ended = { status: 'done', overall: 'done', attempt: 1, version: 1, result: '"OK"' } as const;
  const job = jobRow({ trigger_type: 'webhook', function: 'handle_webhook', ...ended, ...changes });
  return { ...job, started_at: job.created_at, finished_at: job.created_at + 5, cpu_ms: 0.25 };
}

export function logWrite(changes: Partial<LogWrite> = {}): LogWrite {
  return {
    at: MID_MONTH,
    level: 'info',
    message: 'hello',
    project: 'demo',
    project_id: PROJECT_ID,
    task: 'Greet',
    trigger: 'HELLO',
    job: null,
    name: 'task',
    ...changes,
  };
}

export function ledgerWrite(changes: Partial<LedgerWrite> = {}): LedgerWrite {
  return {
    id: uuidv7(),
    at: MID_MONTH,
    kind: 'request',
    project: 'demo',
    task: 'Greet',
    trigger: 'HELLO',
    job: null,
    version: 1,
    user: null,
    recipient: 'api.example.org',
    method: 'POST',
    url: 'https://api.example.org/messages',
    bytes: 12,
    sha256: '0'.repeat(64),
    excerpt: '{"a":"b"}',
    status: null,
    blocked: null,
    error: null,
    received_bytes: null,
    duration_ms: null,
    of: null,
    ...changes,
  };
}

/** The outcome of the row `of`. */
export function outcomeOf(of: string, changes: Partial<LedgerWrite> = {}): LedgerWrite {
  return ledgerWrite({ kind: 'outcome', of, status: 200, received_bytes: 34, duration_ms: 5.5, ...changes });
}

export function deployWrite(changes: Partial<DeployWrite> = {}): DeployWrite {
  return {
    slug: 'demo',
    name: 'Demo',
    active: true,
    by: 'admin',
    at: MID_MONTH,
    files: { 'project.yaml': 'name: Demo', 'tasks/greet.ts': 'function handle_button() {}' },
    bundle: null,
    manifest: {
      name: 'Demo',
      slug: 'demo',
      active: true,
      env: 'embedded',
      params: [],
      texts: [],
      secrets: [],
      egress: { allow: [], allow_private: [] },
      limits: { timeout: null, cpu: null, memory: null, concurrency: null },
      keep: { jobs: 1, logs: 1, ledger: 1, input: 'all' },
      realm: 'hardened',
      shared_packages: [],
      models: [],
      tasks: [],
    },
    program: { id: 'p1', tasks: {}, protected: null, common: [] },
    models: [],
    triggers: [
      { name: 'HELLO', type: 'button', hook: null },
      { name: 'INBOX', type: 'webhook', hook: 'first-hook' },
    ],
    expected_version: 0,
    ...changes,
  };
}

let made = 0;

/** A UUID version 7 made at `time`, also when that is long ago. */
export function uuidAt(time: number): string {
  made += 1;
  const hex = time.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-${made.toString(16).padStart(12, '0')}`;
}
