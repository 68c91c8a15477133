import { describe, expect, it } from 'vitest';
import type { SealedSecret } from '../../../../runtime/store/secret-store.ts';
import type { TokenRow } from '../../../../runtime/store/token-store.ts';
import { deployWrite } from '../../../support/rows.ts';
import { freshStore, type OpenStore } from './harness.ts';

export function describeSecretsAndTokens(open: OpenStore): void {
  describe('secrets', () => {
    const data = freshStore(open);

    async function projectId(): Promise<string> {
      const loaded = await data.store.deploy(deployWrite());
      if (loaded === null) throw new Error('The deploy was refused.');
      return loaded.project.id;
    }

    const sealed = (project_id: string, changes: Partial<SealedSecret> = {}): SealedSecret => ({
      project_id,
      key: 'TOKEN',
      version: 1,
      key_id: 'k1',
      iv: Uint8Array.of(1, 2, 3),
      tag: Uint8Array.of(4, 5),
      ciphertext: Uint8Array.of(0, 255),
      set_at: 5,
      set_by: 'admin',
      ...changes,
    });

    it('gives sealed values back byte by byte', async () => {
      const id = await projectId();
      await data.store.putSecret(sealed(id));
      await data.store.putSecret(sealed(id, { key: 'OTHER' }));
      await data.store.putSecret(sealed(id, { version: 2, ciphertext: Uint8Array.of(9) }));
      const secrets = await data.store.listSecrets(id);
      expect(secrets.map(({ key, version }) => [key, version])).toEqual([
        ['OTHER', 1],
        ['TOKEN', 2],
      ]);
      expect(secrets.map(({ ciphertext }) => [...ciphertext])).toEqual([[0, 255], [9]]);
      expect(secrets.map(({ iv, tag }) => [[...iv], [...tag]])[0]).toEqual([
        [1, 2, 3],
        [4, 5],
      ]);
    });

    it('replaces only the value that was sealed with what the caller names', async () => {
      const id = await projectId();
      const next = sealed(id, { version: 2, iv: Uint8Array.of(7), set_by: 'gate' });
      expect(await data.store.replaceSecret(next, Uint8Array.of(1, 2, 3))).toBe(false);
      await data.store.putSecret(sealed(id));
      expect(await data.store.replaceSecret(next, Uint8Array.of(1, 2))).toBe(false);
      expect(await data.store.replaceSecret(next, Uint8Array.of(1, 2, 3))).toBe(true);
      expect(await data.store.replaceSecret(next, Uint8Array.of(1, 2, 3))).toBe(false);
      const secrets = await data.store.listSecrets(id);
      expect(secrets.map(({ version, set_by }) => [version, set_by])).toEqual([[2, 'gate']]);
    });

    it('says whether there was a secret to delete', async () => {
      const id = await projectId();
      await data.store.putSecret(sealed(id));
      expect(await data.store.deleteSecret(id, 'TOKEN')).toBe(true);
      expect(await data.store.deleteSecret(id, 'TOKEN')).toBe(false);
      expect(await data.store.listSecrets(id)).toEqual([]);
    });

    it('removes secrets with their project', async () => {
      const id = await projectId();
      await data.store.putSecret(sealed(id));
      await data.store.deleteProject(id);
      expect(await data.store.listSecrets(id)).toEqual([]);
    });
  });

  describe('tokens', () => {
    const data = freshStore(open);
    const token: TokenRow = {
      id: 't1',
      name: 'CI',
      role: 'developer',
      hash: 'h1',
      created_at: 1,
      created_by: 'admin',
    };

    it('finds a token by the hash of its text', async () => {
      await data.store.putToken(token);
      await data.store.putToken({ ...token, id: 't2', hash: 'h2', created_at: 2 });
      expect(await data.store.findToken('h1')).toEqual(token);
      expect(await data.store.findToken('h3')).toBeUndefined();
      expect((await data.store.listTokens()).map(({ id }) => id)).toEqual(['t1', 't2']);
    });

    it('replaces a token that is put again', async () => {
      await data.store.putToken(token);
      await data.store.putToken({ ...token, role: 'manager', hash: 'h9' });
      expect(await data.store.findToken('h1')).toBeUndefined();
      expect(await data.store.findToken('h9')).toMatchObject({ id: 't1', role: 'manager' });
    });

    it('forgets a deleted token', async () => {
      await data.store.putToken(token);
      expect(await data.store.deleteToken('t1')).toBe(true);
      expect(await data.store.deleteToken('t1')).toBe(false);
      expect(await data.store.findToken('h1')).toBeUndefined();
    });
  });
}
