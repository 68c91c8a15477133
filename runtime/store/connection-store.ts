/** A connection to an OAuth 2 provider that a person has begun, until they come back. */
export interface BegunRow {
  /** Found by it; says nothing of the state that it is made from. */
  readonly id: string;
  readonly sealed: string;
  readonly expires_at: number;
}

export interface ConnectionStore {
  /** Keeps it, and forgets those whose time was over before `now`, and the oldest above `most`. */
  putBegun(begun: BegunRow, now: number, most: number): Promise<void>;
  /** The one with this id, which is gone with that; undefined when there is none. */
  takeBegun(id: string): Promise<BegunRow | undefined>;
}
