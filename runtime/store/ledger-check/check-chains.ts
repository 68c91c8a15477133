import { CHAIN_START } from '../chain.ts';
import type { Checkpoint } from '../checkpoint.ts';
import { type ChainState, MOST_GAPS, without } from './chain-state.ts';
import type { LedgerKeys } from './keys.ts';
import type { Problems } from './report.ts';
import type { LedgerSource, PlacedRow } from './source.ts';
import { awaited, forEach, type Steps } from './steps.ts';

export interface ChainChecks {
  readonly source: LedgerSource;
  readonly keys: LedgerKeys;
  readonly problems: Problems;
  /** The position from which rows are looked at; undefined: all are. */
  readonly start: number | undefined;
  /** By chain, the last row that is known outside of the database. */
  readonly ends: ReadonlyMap<string, Checkpoint>;
}

/** Follows all chains at once, row by row in the order of positions, with a few values in memory for each chain. */
export class Chains {
  readonly #checks: ChainChecks;
  readonly #states = new Map<string, ChainState>();
  /** Rows that statements say were removed. */
  removed = 0;

  constructor(checks: ChainChecks) {
    this.#checks = checks;
  }

  get count(): number {
    return this.#states.size;
  }

  /** Takes the next row. Returns whether it is as it was written. */
  *follow(row: PlacedRow): Steps<boolean> {
    const { keys } = this.#checks;
    const made = keys.hashOf(row);
    const fits = made === row.hash;
    const state = this.#states.get(row.chain) ?? (yield* this.#begin(row, fits));
    if (state === undefined) {
      this.#problem('added', row, 'is of a chain that Sluice has not begun, and not signed');
      return false;
    }
    if (fits) state.offset ??= row.position - row.seq;
    // Of a row whose number was changed, the position still tells which it was.
    const expected = fits || row.position - (state.offset ?? 0) !== state.next ? row.seq : state.next;
    if (expected < state.next) this.#late(state, row, fits);
    else {
      yield* this.#advance(state, expected);
      this.#inTurn(state, row, fits, made);
      state.next = expected + 1;
      yield* this.#compare(state, row, expected, fits);
    }
    return fits;
  }

  /** After the last row: what is still missing, and what was cut off. */
  *end(): Steps<void> {
    const { source, ends } = this.#checks;
    const endUnseen = this.#endUnseen.bind(this);
    yield* forEach(source.statedChains(), endUnseen);
    for (const chain of ends.keys()) yield* this.#endUnseen(chain);
    for (const state of this.#states.values()) yield* this.#endOf(state);
  }

  *#begin({ chain, seq }: PlacedRow, fits: boolean): Steps<ChainState | undefined> {
    const { source, start } = this.#checks;
    const first = yield* awaited(source.checkpointAfter(chain, -1));
    if (!fits && first === undefined) return undefined;
    const state = yield* this.#newState(chain, first);
    // Of the rows before the start only that they are not looked at is known.
    if (start !== undefined && seq > 1 && fits) {
      state.next = seq;
      state.hashes = undefined;
      state.checkpoint = yield* awaited(source.checkpointAfter(chain, seq - 1));
    }
    if (first === undefined)
      this.#problem('missing', { chain }, 'has no checkpoint, though its first row comes with one', 'Chain');
    return state;
  }

  *#newState(chain: string, first: Checkpoint | undefined): Steps<ChainState> {
    const state: ChainState = {
      chain,
      next: 1,
      hashes: [CHAIN_START],
      offset: first && first.position - first.seq,
      checkpoint: yield* awaited(this.#checks.source.checkpointAfter(chain, 0)),
      gaps: [],
      met: 0,
    };
    this.#states.set(chain, state);
    return state;
  }

  /** Goes on to before `seq`, over what was removed and what is missing. */
  *#advance(state: ChainState, seq: number): Steps<void> {
    while (state.next < seq) {
      yield* this.#passRemoved(state, seq);
      if (state.next >= seq) return;
      const later = yield* awaited(this.#checks.source.removedAfter(state.chain, state.next));
      const isNear = later !== undefined && later.last_seq < seq;
      if (!isNear && seq === Number.POSITIVE_INFINITY) return;
      yield* this.#openGap(state, isNear ? later.first_seq - 1 : seq - 1);
    }
  }

  /** Goes over removed rows from the next one on, up to before `seq`. */
  *#passRemoved(state: ChainState, seq: number): Steps<void> {
    const { source, keys, start } = this.#checks;
    for (;;) {
      const removed = yield* awaited(source.removedAt(state.chain, state.next));
      if (removed === undefined || removed.last_seq >= seq || removed.last_seq < state.next) return;
      state.met += 1;
      const { chain, first_seq, last_seq } = removed;
      if (!keys.isSigned(removed)) {
        const where = { chain, seq: first_seq, last_seq };
        this.#problem('changed', where, 'were not removed by Sluice: the statement is not signed');
        return;
      }
      if (
        state.hashes !== undefined &&
        first_seq === state.next &&
        !state.hashes.includes(removed.previous_hash)
      )
        this.#problem('changed', { chain, seq: first_seq, last_seq }, 'do not follow the row before them');
      if (first_seq < state.next && start === undefined)
        this.#problem(
          'added',
          { chain, seq: first_seq, last_seq: state.next - 1 },
          'were removed, and are there',
        );
      this.removed += last_seq - first_seq + 1;
      state.next = last_seq + 1;
      state.hashes = [removed.hash];
      yield* this.#skipCheckpoints(state, last_seq);
    }
  }

  *#openGap(state: ChainState, last: number): Steps<void> {
    const gap = { first: state.next, last };
    state.hashes = undefined;
    if (state.gaps.length < MOST_GAPS) state.gaps = [...state.gaps, gap];
    else this.#missing(state, gap.first, gap.last);
    state.next = last + 1;
    yield* this.#skipCheckpoints(state, last);
  }

  #inTurn(state: ChainState, row: PlacedRow, fits: boolean, made: string): void {
    if (!fits) this.#problem('changed', { ...row, seq: state.next }, 'is not as it was written');
    else if (this.#isMoved(state, row))
      this.#problem('reordered', row, 'is not at the place where it was written');
    else if (state.hashes !== undefined && !state.hashes.includes(row.previous_hash))
      this.#problem('changed', row, 'does not follow the row before it');
    // The next row holds the hash as it was, whichever of the two was changed.
    state.hashes = [row.hash, made];
  }

  /** A row whose number was passed already. */
  #late(state: ChainState, row: PlacedRow, fits: boolean): void {
    const gaps = without(state.gaps, row.seq);
    if (gaps === undefined) {
      const why = fits
        ? 'is there a second time, or was removed before'
        : 'is not as it was written, and there twice';
      return this.#problem('added', row, why);
    }
    state.gaps = gaps;
    if (!fits) this.#problem('changed', row, 'is not as it was written');
    else if (this.#isMoved(state, row))
      this.#problem('reordered', row, 'is not at the place where it was written');
  }

  #isMoved({ offset }: ChainState, row: PlacedRow): boolean {
    return offset !== undefined && row.position - row.seq !== offset;
  }

  /** With the checkpoints that are about this row. */
  *#compare(state: ChainState, row: PlacedRow, seq: number, fits: boolean): Steps<void> {
    const seen = state.checkpoint;
    if (seen?.seq === seq && fits && seen.hash !== row.hash)
      this.#problem('changed', row, `is not the one that checkpoint ${seen.number} saw`);
    yield* this.#skipCheckpoints(state, seq);
  }

  *#skipCheckpoints(state: ChainState, seq: number): Steps<void> {
    if (state.checkpoint !== undefined && state.checkpoint.seq <= seq)
      state.checkpoint = yield* awaited(this.#checks.source.checkpointAfter(state.chain, seq));
  }

  *#endUnseen(chain: string): Steps<void> {
    if (this.#states.has(chain)) return;
    const { source, start, ends } = this.#checks;
    const last = (yield* awaited(source.lastCheckpoint(chain))) ?? ends.get(chain);
    // What lies before the start is not looked at.
    if (start !== undefined && (last === undefined || last.position < start)) return;
    const state = yield* this.#newState(chain, yield* awaited(source.checkpointAfter(chain, -1)));
    if (start === undefined || last === undefined) return;
    const removed = yield* awaited(source.removedAt(chain, last.seq));
    if (removed !== undefined) state.next = removed.first_seq;
    state.hashes = undefined;
  }

  *#endOf(state: ChainState): Steps<void> {
    const { source, start, ends } = this.#checks;
    const { chain } = state;
    yield* this.#advance(state, Number.POSITIVE_INFINITY);
    for (const { first, last } of state.gaps) this.#missing(state, first, last);
    const last = Math.max(
      (yield* awaited(source.lastCheckpoint(chain)))?.seq ?? 0,
      ends.get(chain)?.seq ?? 0,
    );
    const where = { chain, seq: state.next, last_seq: last };
    if (last >= state.next && state.next === 1)
      this.#problem('missing', where, 'are missing: the whole chain');
    else if (last >= state.next) this.#problem('cut off', where, 'are missing at the end of the chain');
    if (start !== undefined || (yield* awaited(source.countRemoved(chain))) === state.met) return;
    const text = 'has statements about removed rows that do not belong to it, or whose rows are there';
    this.#problem('added', { chain }, text, 'Chain');
  }

  #missing({ chain }: ChainState, first: number, last: number): void {
    this.#problem('missing', { chain, seq: first, last_seq: last }, 'are missing');
  }

  #problem(
    fault: Parameters<Problems['add']>[0],
    where: Partial<PlacedRow> & { readonly last_seq?: number },
    what: string,
    noun = 'Row',
  ): void {
    const { chain = null, seq = null, last_seq = null, id = null, month = null } = where;
    const several = last_seq !== null && last_seq !== seq;
    const verb =
      last_seq !== null && !several ? what.replace(/^are /, 'is ').replace(/^were /, 'was ') : what;
    const rows =
      seq === null ? noun : several ? `Rows ${seq} to ${last_seq} of chain` : `Row ${seq} of chain`;
    this.#checks.problems.add(fault, `${rows} ${chain} ${verb}.`, { chain, seq, last_seq, id, month });
  }
}
