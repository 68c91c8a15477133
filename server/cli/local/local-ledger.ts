import type { LedgerStore, LedgerWrite } from '../../../runtime/store/ledger-store.ts';
import type { Output } from '../output.ts';
import { printable } from '../printable.ts';

/** A ledger that is told instead of kept: what leaves, before it leaves, and how it went. */
export function createLocalLedger(output: Output): Pick<LedgerStore, 'appendLedger'> {
  return {
    appendLedger: async (rows) => {
      for (const row of rows) output.note(printable(describe(row)));
    },
  };
}

function describe(row: LedgerWrite): string {
  if (row.kind === 'outcome') return `<- ${row.error ?? row.status ?? ''} after ${row.duration_ms ?? 0} ms`;
  const what = [row.kind, row.method, row.url ?? row.recipient, `${row.bytes} bytes`];
  const line = what.filter((part) => part !== null).join(' ');
  return row.blocked === null ? `-> ${line}` : `-x ${line}, refused: ${row.blocked}`;
}
