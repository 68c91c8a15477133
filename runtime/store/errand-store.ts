/** An access token that one process has fetched, sealed, for all of them. */
export interface AccessTokenRow {
  /** Found by it; says nothing of what it is made from. */
  readonly id: string;
  readonly project_id: string;
  readonly sealed: string;
  /** Milliseconds since 1970. */
  readonly expires_at: number;
}

/**
 * What processes of one store fetch for each other, and who is on its way for it; and who handles a delivery. Where a store is one
 * process's own there is nobody to wait for, and nothing is kept.
 */
export interface ErrandStore {
  /** Begins or goes on with an errand that ends by itself at `until`. False while another holder is on its way. */
  holdErrand(id: string, holder: string, now: number, until: number): Promise<boolean>;
  /** Nothing happens when another holder has it by now. */
  endErrand(id: string, holder: string): Promise<void>;
  /**
   * Keeps it in the place of the one with its id, and forgets tokens and errands whose time was over before `now`, and the project's tokens
   * above `most`. Nothing happens when there is no such project.
   */
  putAccessToken(row: AccessTokenRow, now: number, most: number): Promise<void>;
  getAccessToken(id: string): Promise<AccessTokenRow | undefined>;
}
