/** A sealed value: the store never sees the plain one. Buffers are raw bytes. */
export interface SealedSecret {
  readonly project_id: string;
  readonly key: string;
  /** Of this secret, counted from 1; part of what is authenticated. */
  readonly version: number;
  readonly key_id: string;
  readonly iv: Uint8Array;
  readonly tag: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly set_at: number;
  readonly set_by: string;
}

export interface SecretStore {
  putSecret(secret: SealedSecret): Promise<void>;
  /** Replaces the value that was sealed with `iv`. False, and nothing is changed, when that is not the one that is there. */
  replaceSecret(secret: SealedSecret, iv: Uint8Array): Promise<boolean>;
  /** True when there was one. */
  deleteSecret(projectId: string, key: string): Promise<boolean>;
  listSecrets(projectId: string): Promise<readonly SealedSecret[]>;
}
