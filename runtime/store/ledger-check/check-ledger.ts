import type { Checkpoint } from '../checkpoint.ts';
import { monthOf } from '../months.ts';
import { Chains } from './check-chains.ts';
import { checkCheckpoints } from './check-checkpoints.ts';
import { checkOutside } from './check-outside.ts';
import { LedgerKeys } from './keys.ts';
import { type LedgerReport, Problems } from './report.ts';
import type { LedgerSource, PlacedRow } from './source.ts';
import { awaited, forEach, type Steps } from './steps.ts';

export interface LedgerCheck {
  readonly source: LedgerSource;
  /** Of the chains, in hexadecimal. */
  readonly keys: readonly string[];
  /** Only rows from about this time on. */
  readonly from?: number | undefined;
  /** Checkpoints that are kept outside of the database. */
  readonly outside?: Iterable<Checkpoint> | undefined;
  /** Told now and then how many rows were looked at. */
  readonly progress?: (rows: number) => void;
}

/** Outcomes come soon after their rows: their ids are kept for so many rows. */
const REMEMBERED = 50_000;
const TOLD_EVERY = 100_000;

const WRONG_KEYS =
  'Nothing fits any key of the keyring: it is most likely not the one that this ledger was written with.';

/** Looks at a whole ledger, or from a time on. Memory is bounded by the number of chains, not of rows. */
export function* checkLedger({
  source,
  keys: hexKeys,
  from,
  outside,
  progress,
}: LedgerCheck): Steps<LedgerReport> {
  const problems = new Problems();
  const keys = new LedgerKeys(hexKeys);
  const { count: checkpoints, newest } = yield* checkCheckpoints(source, keys, problems);
  const known = outside && (yield* checkOutside(outside, source, problems));
  const start =
    from === undefined ? undefined : ((yield* awaited(source.positionFrom(from))) ?? Number.MAX_SAFE_INTEGER);
  const chains = new Chains({ source, keys, problems, start, ends: known?.ends ?? new Map() });
  const recent = new Set<string>();
  let rows = 0;

  function checkPlace(row: PlacedRow): void {
    const month = monthOrNull(row.at);
    if (month === row.month) return;
    const text = `Row ${row.seq} of chain ${row.chain} is in the table of ${row.month}, but its time is of ${month}.`;
    problems.add('reordered', text, row);
  }

  function* checkOutcome(row: PlacedRow): Steps<void> {
    if (row.kind !== 'outcome') return void remember(row.id);
    if (row.of !== null && (recent.has(row.of) || (yield* awaited(source.hasRowOf(row))))) return;
    const text = `Row ${row.seq} of chain ${row.chain} is the outcome of the row with the id ${row.of}, which is not there.`;
    problems.add('missing', text, row);
  }

  function remember(id: string): void {
    recent.add(id);
    if (recent.size <= REMEMBERED) return;
    for (const oldest of recent) return void recent.delete(oldest);
  }

  const unreadable = (month: string, reason: string): void =>
    problems.add('changed', `The table of ${month} cannot be read: ${reason}.`, { month });

  yield* forEach(source.rows(start ?? 0, unreadable), function* (row) {
    rows += 1;
    if (rows % TOLD_EVERY === 0) progress?.(rows);
    if (!(yield* chains.follow(row))) return;
    checkPlace(row);
    yield* checkOutcome(row);
  });
  yield* chains.end();
  return Object.freeze({
    ok: problems.none,
    rows,
    chains: chains.count,
    removed: chains.removed,
    checkpoints,
    newest: newest && { number: newest.number, at: newest.at, mac: newest.mac },
    outside: known?.count ?? null,
    problems: problems.told,
    faults: problems.faults,
    notes: !keys.fitted && rows + checkpoints > 0 ? [WRONG_KEYS] : [],
  });
}

function monthOrNull(at: number): string | null {
  try {
    return monthOf(at);
  } catch {
    return null;
  }
}
