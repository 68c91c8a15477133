import type { SealedSecret, SecretStore } from '../secret-store.ts';
import { validText } from '../text.ts';
import type { Session } from './database/session.ts';
import { type ProjectChanges, RETURNING_SLUG } from './projects/project-changes.ts';

/** Sealed values as they are: nothing here can open them. */
export function postgresSecrets(session: Session, { change }: ProjectChanges): SecretStore {
  return {
    async putSecret(secret) {
      await change(PUT, valuesOf(secret));
    },

    replaceSecret: (secret, iv) => change(REPLACE, [...valuesOf(secret), iv]),

    deleteSecret: (projectId, key) => change(DELETE, [projectId, validText(key)]),

    async listSecrets(projectId) {
      const secrets = await session.rows<SealedSecret>(LIST, [projectId]);
      return secrets.map((secret) => Object.freeze(secret));
    },
  };
}

const COLUMNS = 'project_id, key, version, key_id, iv, tag, ciphertext, set_at, set_by';

const valuesOf = (secret: SealedSecret): readonly unknown[] => [
  ...[secret.project_id, validText(secret.key), secret.version, secret.key_id],
  ...[secret.iv, secret.tag, secret.ciphertext, secret.set_at, validText(secret.set_by)],
];

const PUT = {
  name: 'put secret',
  text: `INSERT INTO secrets (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    ON CONFLICT (project_id, key) DO UPDATE SET version = excluded.version, key_id = excluded.key_id, iv = excluded.iv,
      tag = excluded.tag, ciphertext = excluded.ciphertext, set_at = excluded.set_at, set_by = excluded.set_by
    ${RETURNING_SLUG}`,
};
const REPLACE = {
  name: 'replace secret',
  text: `UPDATE secrets SET version = $3, key_id = $4, iv = $5, tag = $6, ciphertext = $7, set_at = $8, set_by = $9
    WHERE project_id = $1 AND key = $2 AND iv = $10 ${RETURNING_SLUG}`,
};
const DELETE = {
  name: 'delete secret',
  text: `DELETE FROM secrets WHERE project_id = $1 AND key = $2 ${RETURNING_SLUG}`,
};
const LIST = {
  name: 'list secrets',
  text: `SELECT ${COLUMNS} FROM secrets WHERE project_id = $1 ORDER BY key`,
};
