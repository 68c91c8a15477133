/** What can be wrong: `changed`: not as it was written; `added`: there though Sluice did not put it there. */
export type LedgerFault = 'changed' | 'missing' | 'reordered' | 'added' | 'cut off';

/** One thing that is wrong, and where. What is not known, or has no place there, is null. */
export interface LedgerProblem {
  readonly fault: LedgerFault;
  readonly chain: string | null;
  /** Of the row, or of the first of several. */
  readonly seq: number | null;
  /** Of the last row of several. */
  readonly last_seq: number | null;
  /** The row's id. */
  readonly id: string | null;
  /** Of the table it is in: `2026_11`. */
  readonly month: string | null;
  /** The number of the checkpoint. */
  readonly checkpoint: number | null;
  /** One sentence. */
  readonly text: string;
}

/** What a verification found. It proves something up to `newest` only. */
export interface LedgerReport {
  readonly ok: boolean;
  /** Rows that were looked at. */
  readonly rows: number;
  readonly chains: number;
  /** Rows that went by age, as signed statements say. */
  readonly removed: number;
  readonly checkpoints: number;
  /** The last checkpoint in the database. */
  readonly newest: { readonly number: number; readonly at: number; readonly mac: string } | null;
  /** Checkpoints outside of the database that it was compared with; null: with none. */
  readonly outside: number | null;
  /** The first ones. */
  readonly problems: readonly LedgerProblem[];
  /** How many there are of each kind, all of them counted. */
  readonly faults: Readonly<Record<LedgerFault, number>>;
  /** What else a reader of this should know: sentences. */
  readonly notes: readonly string[];
}

/** Problems told one by one; more are only counted. */
const MOST_PROBLEMS = 200;

/** Gathers problems. */
export class Problems {
  readonly #told: LedgerProblem[] = [];
  readonly #faults = { changed: 0, missing: 0, reordered: 0, added: 0, 'cut off': 0 };

  add(fault: LedgerFault, text: string, where: Partial<Omit<LedgerProblem, 'fault' | 'text'>>): void {
    this.#faults[fault] += 1;
    if (this.#told.length >= MOST_PROBLEMS) return;
    const { chain = null, seq = null, last_seq = null, id = null, month = null, checkpoint = null } = where;
    this.#told.push(Object.freeze({ fault, chain, seq, last_seq, id, month, checkpoint, text }));
  }

  get told(): readonly LedgerProblem[] {
    return this.#told;
  }

  get faults(): Readonly<Record<LedgerFault, number>> {
    return this.#faults;
  }

  get none(): boolean {
    return Object.values(this.#faults).every((count) => count === 0);
  }
}
