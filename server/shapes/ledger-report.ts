import { z } from 'zod';
import type { LedgerReport } from '../../runtime/store/ledger-check/report.ts';
import { time, toTime } from './common.ts';

/** A checkpoint that somebody changed may have any time. */
const LAST_TIME = 8.64e15;

const count = z.number().int();

export const ledgerReportShape = z
  .object({
    ok: z.boolean(),
    rows: count.describe('that were looked at'),
    chains: count,
    removed: count.describe('rows that went by age'),
    checkpoints: count,
    newest: z
      .object({ number: count, at: time, mac: z.string() })
      .nullable()
      .describe('the last checkpoint: nothing is proved of later rows'),
    outside: count.nullable().describe('checkpoints outside that it was compared with'),
    problems: z.array(
      z.object({
        fault: z.enum(['changed', 'missing', 'reordered', 'added', 'cut off']),
        chain: z.string().nullable(),
        seq: count.nullable(),
        last_seq: count.nullable(),
        id: z.string().nullable(),
        month: z.string().nullable(),
        checkpoint: count.nullable(),
        text: z.string(),
      }),
    ),
    faults: z.object({ changed: count, missing: count, reordered: count, added: count, 'cut off': count }),
    notes: z.array(z.string()),
  })
  .meta({ title: 'Ledger report' });

/** A report as the API and the command line show it. */
export function toLedgerReport(report: LedgerReport): z.infer<typeof ledgerReportShape> {
  const { newest, problems, notes } = report;
  return {
    ...report,
    newest: newest && { ...newest, at: toTime(Math.min(Math.max(newest.at, 0), LAST_TIME)) },
    problems: [...problems],
    notes: [...notes],
  };
}
