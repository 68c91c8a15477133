import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { AppError } from './app-error.ts';
import { deriveKey, type Keyring } from './keyring.ts';
import type { SealedSecret } from './store/secret-store.ts';

/** The parts of a sealed value that sealing makes. */
export type Sealed = Pick<SealedSecret, 'key_id' | 'iv' | 'tag' | 'ciphertext'>;

/** What has to be known to open one. */
export type Openable = Sealed & Pick<SealedSecret, 'project_id' | 'key' | 'version'>;

/** Seals and opens the values of secrets. */
export interface SecretBox {
  /** `version` is the secret's own, counted from 1. */
  seal(projectId: string, key: string, version: number, value: string): Sealed;
  /** Throws `secret_sealed` when the keyring lacks its key or it is not what was sealed under this name. */
  open(sealed: Openable): string;
}

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM under keys derived from the keyring: the first one seals, all of them open. */
export function secretBox(keyring: Keyring): SecretBox {
  const keys = new Map(keyring.keys.map((key) => [key.id, deriveKey(key, 'secrets')]));
  const sealingId = keyring.keys[0].id;
  const sealingKey = deriveKey(keyring.keys[0], 'secrets');

  return {
    seal(projectId, key, version, value) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(ALGORITHM, sealingKey, iv, { authTagLength: TAG_BYTES });
      cipher.setAAD(place(projectId, key, version));
      const ciphertext = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
      return { key_id: sealingId, iv, tag: cipher.getAuthTag(), ciphertext };
    },

    open(sealed) {
      const key = keys.get(sealed.key_id);
      if (key === undefined) {
        throw unopened(sealed, `key "${sealed.key_id}" is not in the keyring of ${keyring.source}`);
      }
      try {
        const decipher = createDecipheriv(ALGORITHM, key, sealed.iv, { authTagLength: TAG_BYTES });
        decipher.setAAD(place(sealed.project_id, sealed.key, sealed.version));
        decipher.setAuthTag(sealed.tag);
        return Buffer.concat([decipher.update(sealed.ciphertext), decipher.final()]).toString('utf8');
      } catch {
        throw unopened(
          sealed,
          'it was changed or moved in the database, or sealed by another key of the same id',
        );
      }
    },
  };
}

/** What is authenticated beside the value, so that a sealed value opens only where it belongs. */
function place(projectId: string, key: string, version: number): Buffer {
  return Buffer.from(JSON.stringify(['sluice secret', projectId, key, version]));
}

function unopened(sealed: Openable, problem: string): AppError {
  return new AppError(
    'secret_sealed',
    500,
    `The secret ${sealed.key} of project ${sealed.project_id} cannot be opened: ${problem}. ` +
      'Put back the keyring this data was written with, or set the secret again.',
  );
}
