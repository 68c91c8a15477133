import type { Catalog } from '../catalog.ts';
import type { Clock } from '../clock.ts';
import { uuidv7 } from '../ids.ts';
import type { SecretBox } from '../secrets.ts';
import type { SealedSecret } from '../store/secret-store.ts';
import type { Store } from '../store/store.ts';

/** What a secret holds now, whatever it held when a job began. */
export interface KeptSecret {
  /** Of this value: every value that is set has another one. */
  readonly id: string;
  readonly value: string;
}

/** On whose behalf a value is replaced, for the audit. */
export interface Replacement {
  readonly slug: string;
  readonly version: number;
  readonly task: string | null;
  readonly trigger: string | null;
  readonly job: string | null;
  /** A sentence; never a value. */
  readonly message: string;
}

/** The values of secrets as they are stored, for what has to replace them: refresh tokens that change with each use. */
export interface KeptSecrets {
  /** Undefined when it has no value. */
  idOf(projectId: string, key: string): Promise<string | undefined>;
  /** Undefined when it has no value. Throws `secret_sealed` when it cannot be opened. */
  current(projectId: string, key: string): Promise<KeptSecret | undefined>;
  /**
   * Puts a value in the place of the one with this id. Resolves with the new id once value and audit row are on disk and new
   * jobs see it; with undefined, and nothing changed, when the secret holds another value by now.
   */
  replace(
    projectId: string,
    key: string,
    id: string,
    value: string,
    about: Replacement,
  ): Promise<string | undefined>;
}

export interface KeptSecretsDeps {
  readonly store: Pick<Store, 'listSecrets' | 'replaceSecret' | 'appendAudit'>;
  readonly secretBox: SecretBox;
  readonly catalog: Pick<Catalog, 'refresh'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** Who replaced a value, where people are named otherwise. */
const SET_BY = 'gate';

/** Reads from the store each time, so that what another process wrote is seen too. */
export function keptSecrets({ store, secretBox, catalog, clock }: KeptSecretsDeps): KeptSecrets {
  const find = async (projectId: string, key: string): Promise<SealedSecret | undefined> =>
    (await store.listSecrets(projectId)).find((secret) => secret.key === key);

  async function writeAudit(key: string, { slug, message, ...about }: Replacement): Promise<void> {
    const at = clock.now();
    const row = { id: uuidv7(at), at, kind: 'secret_set', ...about } as const;
    await store.appendAudit([{ ...row, project: slug, user: SET_BY, name: key, message }]);
  }

  return Object.freeze({
    async idOf(projectId: string, key: string) {
      const secret = await find(projectId, key);
      return secret && idOf(secret);
    },

    async current(projectId: string, key: string) {
      const secret = await find(projectId, key);
      return secret && Object.freeze({ id: idOf(secret), value: secretBox.open(secret) });
    },

    async replace(projectId: string, key: string, id: string, value: string, about: Replacement) {
      const before = await find(projectId, key);
      if (before === undefined || idOf(before) !== id) return undefined;
      const version = before.version + 1;
      const sealed = secretBox.seal(projectId, key, version, value);
      const set = { set_at: clock.now(), set_by: SET_BY };
      const secret = { ...sealed, ...set, project_id: projectId, key, version };
      if (!(await store.replaceSecret(secret, before.iv))) return undefined;
      await catalog.refresh(about.slug);
      await writeAudit(key, about);
      return idOf(secret);
    },
  });
}

/** Versions begin at 1 again when a secret was removed; what a value was sealed with never comes again. */
const idOf = ({ iv }: Pick<SealedSecret, 'iv'>): string => Buffer.from(iv).toString('hex');
