import { z } from 'zod';
import type { LedgerRow } from '../../runtime/store/ledger-store.ts';
import { time, toTime } from './common.ts';

const count = z.number().int();

export const outgoingShape = z
  .object({
    id: z.string(),
    chain: z.string(),
    seq: count,
    at: time,
    kind: z.enum(['request', 'connection', 'object', 'declared', 'webhook_answer']),
    project: z.string().describe('slug'),
    task: z.string().nullable(),
    trigger: z.string().nullable(),
    job: z.string().nullable(),
    version: count.nullable(),
    user: z.string().nullable(),
    recipient: z.string(),
    method: z.string().nullable(),
    url: z.string().nullable(),
    bytes: count,
    sha256: z.string().nullable(),
    excerpt: z.string().nullable().describe('first 1 KB of what was sent, secrets masked'),
    status: count.nullable(),
    blocked: z.string().nullable().describe('why it was refused'),
    error: z.string().nullable(),
    received_bytes: count.nullable(),
    duration_ms: z.number().nullable(),
    previous_hash: z.string(),
    hash: z.string(),
  })
  .meta({ title: 'Ledger row' });

/** A ledger row as the API shows it. */
export function toOutgoing(row: LedgerRow): z.infer<typeof outgoingShape> {
  const { id, chain, seq, at, kind, project, task, trigger, job, version, user } = row;
  const { recipient, method, url, bytes, sha256, excerpt } = row;
  const { status, blocked, error, received_bytes, duration_ms, previous_hash, hash } = row;
  return {
    ...{ id, chain, seq, at: toTime(at), kind, project, task, trigger, job, version, user },
    ...{ recipient, method, url, bytes, sha256, excerpt },
    ...{ status, blocked, error, received_bytes, duration_ms, previous_hash, hash },
  };
}
