/** A key of a keyring by its id, with what proves its bytes without telling them; see `key-checks.ts`. */
export interface KeyCheck {
  readonly id: string;
  readonly check_value: string;
}

/** What became of a keyring that was shown to the store. */
export interface KeysAdmitted {
  /** Ids of keys that data is sealed with and that the keyring lacks, or has with other bytes. */
  readonly lacking: readonly string[];
  /** The store held nothing before: of all processes that start on it one is told so, once. */
  readonly first: boolean;
}

/** Which keys the store's data is sealed with. */
export interface KeyStore {
  /**
   * Compares a keyring's keys with those in use. When it lacks none, its first one is in use from then on, as it will seal what this
   * process writes; else nothing is noted.
   */
  admitKeys(keys: readonly [KeyCheck, ...KeyCheck[]], at: number): Promise<KeysAdmitted>;
}
