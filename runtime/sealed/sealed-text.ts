import type { SecretBox } from '../secrets.ts';

/** Seals what is no secret of a project as text of one column. `as` has to be what no secret is called. */
export function sealText(box: SecretBox, projectId: string, as: string, value: string): string {
  const { key_id, iv, tag, ciphertext } = box.seal(projectId, as, 0, value);
  const parts = [iv, tag, ciphertext].map((part) => Buffer.from(part).toString('base64'));
  return JSON.stringify([projectId, key_id, ...parts]);
}

/** Throws `secret_sealed` when the keyring lacks its key, or it is not what was sealed as that. */
export function openText(box: SecretBox, as: string, sealed: string): string {
  const [project_id, key_id, ...parts]: [string, string, ...string[]] = JSON.parse(sealed);
  const [iv = NOTHING, tag = NOTHING, ciphertext = NOTHING] = parts.map((part) =>
    Buffer.from(part, 'base64'),
  );
  return box.open({ project_id, key: as, version: 0, key_id, iv, tag, ciphertext });
}

const NOTHING = Buffer.alloc(0);
