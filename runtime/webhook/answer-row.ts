import { hash } from 'node:crypto';
import { uuidv7 } from '../ids.ts';
import { ledgerExcerpt } from '../ledger-excerpt.ts';
import type { LiveProject } from '../live-project.ts';
import { masksOf } from '../mask/project-masks.ts';
import type { HookAnswer } from '../runtime.ts';
import type { JobRow } from '../store/job-store.ts';
import type { LedgerWrite } from '../store/ledger-store.ts';

/** The ledger's row for what a webhook answers: committed before a byte of it is sent. */
export function answerRow(
  job: JobRow,
  answer: HookAnswer,
  request: { readonly method: string; readonly remote_addr: string },
  user: string,
  live: LiveProject,
  at: number,
): LedgerWrite {
  return {
    id: uuidv7(at),
    at,
    kind: 'webhook_answer',
    project: job.project,
    task: job.task,
    trigger: job.trigger,
    job: job.id,
    version: job.version,
    user,
    recipient: request.remote_addr,
    method: request.method,
    url: null,
    bytes: Buffer.byteLength(answer.body),
    sha256: hash('sha256', answer.body, 'hex'),
    excerpt: ledgerExcerpt(live, masksOf(live).stored, answer.body),
    status: answer.status,
    blocked: null,
    error: null,
    received_bytes: null,
    duration_ms: null,
    of: null,
  };
}
