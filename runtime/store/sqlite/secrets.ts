import type Database from 'better-sqlite3';
import type { SealedSecret, SecretStore } from '../secret-store.ts';
import { validText } from '../text.ts';
import type { Commits } from './database/group-commit.ts';

/** Sealed values as they are: nothing here can open them. */
export function sqliteSecrets(db: Database.Database, commits: Commits): SecretStore {
  const put = db.prepare(
    `INSERT OR REPLACE INTO secrets (project_id, key, version, key_id, iv, tag, ciphertext, set_at, set_by)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const replace = db.prepare(
    `UPDATE secrets SET version = ?, key_id = ?, iv = ?, tag = ?, ciphertext = ?, set_at = ?, set_by = ?
     WHERE project_id = ? AND key = ? AND iv = ?`,
  );
  const remove = db.prepare('DELETE FROM secrets WHERE project_id = ? AND key = ?');
  const list = db.prepare<[string], SealedSecret>(
    `SELECT project_id, key, version, key_id, iv, tag, ciphertext, set_at, set_by
     FROM secrets WHERE project_id = ? ORDER BY key`,
  );

  return {
    putSecret: (secret) =>
      commits.write(() => {
        put.run(
          secret.project_id,
          secret.key,
          secret.version,
          secret.key_id,
          secret.iv,
          secret.tag,
          secret.ciphertext,
          secret.set_at,
          validText(secret.set_by),
        );
      }),

    replaceSecret: (secret, iv) =>
      commits.write(() => {
        const { changes } = replace.run(
          secret.version,
          secret.key_id,
          secret.iv,
          secret.tag,
          secret.ciphertext,
          secret.set_at,
          validText(secret.set_by),
          secret.project_id,
          secret.key,
          iv,
        );
        return changes > 0;
      }),

    deleteSecret: (projectId, key) => commits.write(() => remove.run(projectId, key).changes > 0),

    async listSecrets(projectId) {
      return list.all(projectId).map((secret) => Object.freeze(secret));
    },
  };
}
