import type { LedgerProblem, LedgerReport } from '../../runtime/store/ledger-check/report.ts';
import type { Output } from './output.ts';
import { printable } from './printable.ts';

/** A report for a person: what was looked at, each problem on a line, and how far it proves anything. */
export function reportText(report: LedgerReport, output: Pick<Output, 'paint'>): string {
  const { rows, chains, removed, checkpoints, outside, problems, faults, notes, newest } = report;
  const gone = removed === 0 ? '' : `, ${removed} removed by age`;
  const compared = outside === null ? '' : `, compared with ${outside} outside`;
  const counted = Object.values(faults).reduce((sum, count) => sum + count, 0);
  const more = counted - problems.length;
  const lines = [
    `${counts(rows, 'row')} in ${counts(chains, 'chain')}${gone}; ${counts(checkpoints, 'checkpoint')}${compared}`,
    ...problems.map((problem) => problemText(problem, output)),
    ...(more === 0 ? [] : [`and ${more} more`]),
    ...notes,
    report.ok ? 'As it was written.' : 'NOT as it was written, or not whole.',
    newest === null
      ? 'There is no checkpoint yet.'
      : `Newest checkpoint: ${newest.number}, of ${dateOf(newest.at)}, signed ${printable(String(newest.mac))}`,
  ];
  return lines.join('\n');
}

const counts = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

function problemText({ fault, id, month, text }: LedgerProblem, output: Pick<Output, 'paint'>): string {
  const where = [id === null ? '' : `id ${id}`, month === null ? '' : `table of ${month}`].filter(Boolean);
  const tail = where.length === 0 ? '' : ` (${where.join(', ')})`;
  return `${output.paint('error', fault.padEnd(9))} ${printable(text)}${printable(tail)}`;
}

/** Also of a time that somebody made up. */
function dateOf(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? 'an impossible time' : date.toISOString();
}
