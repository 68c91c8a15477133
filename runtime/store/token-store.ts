import type { Role } from '../words.ts';

/** An API token; only the SHA-256 of its text is kept. */
export interface TokenRow {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly hash: string;
  readonly created_at: number;
  readonly created_by: string;
}

export interface TokenStore {
  putToken(token: TokenRow): Promise<void>;
  findToken(hash: string): Promise<TokenRow | undefined>;
  listTokens(): Promise<readonly TokenRow[]>;
  /** True when there was one. */
  deleteToken(id: string): Promise<boolean>;
}
