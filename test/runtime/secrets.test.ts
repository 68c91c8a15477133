import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ledgerKey, loadKeyring } from '../../runtime/keyring.ts';
import { type Openable, secretBox } from '../../runtime/secrets.ts';
import { deployWrite } from '../support/rows.ts';
import { openTestStore } from '../support/store.ts';

const VALUE = '123456:a-Secret_Value/Nobody-May-See';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'sluice-keys-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

const keyringOf = (...ids: readonly string[]): string =>
  JSON.stringify({ keys: ids.map((id, n) => ({ id, key: Buffer.alloc(32, n + 1).toString('base64') })) });

describe('the keyring', () => {
  it('is made on the first start, for its owner only', () => {
    const data = join(dir, 'data');
    const keyring = loadKeyring(data, {});
    expect(keyring.keys).toHaveLength(1);
    expect(keyring.keys[0].bytes).toHaveLength(32);
    expect(statSync(data).mode & 0o777).toBe(0o700);
    expect(statSync(join(data, 'keyring.json')).mode & 0o777).toBe(0o600);
    expect(readdirSync(data)).toEqual(['keyring.json']);
  });

  it('is the same on every later start, and another one elsewhere', () => {
    expect(loadKeyring(dir, {})).toEqual(loadKeyring(dir, {}));
    expect(loadKeyring(join(dir, 'other'), {}).keys).not.toEqual(loadKeyring(dir, {}).keys);
  });

  it('is not made anew beside data that another one has sealed', () => {
    expect(() => loadKeyring(dir, {}, true)).toThrow('it is missing, and there is data beside it');
    expect(existsSync(join(dir, 'keyring.json'))).toBe(false);
  });

  it('is refused when others can read it, with the command that helps', () => {
    loadKeyring(dir, {});
    const file = join(dir, 'keyring.json');
    for (const mode of [0o640, 0o604, 0o644, 0o620]) {
      chmodSync(file, mode);
      expect(() => loadKeyring(dir, {})).toThrow(`Run: chmod 600 ${file}`);
    }
    chmodSync(file, 0o400);
    expect(loadKeyring(dir, {}).keys).toHaveLength(1);
  });

  it('comes from the environment or a systemd credential, and then no file is made', () => {
    const credentials = join(dir, 'credentials');
    mkdirSync(credentials);
    writeFileSync(join(credentials, 'sluice-keyring'), keyringOf('credential'), { mode: 0o440 });
    const env = { CREDENTIALS_DIRECTORY: credentials };
    const data = join(dir, 'data');
    expect(loadKeyring(data, env).keys[0].id).toBe('credential');
    expect(loadKeyring(data, { ...env, SLUICE_KEYRING: keyringOf('variable') }).keys[0].id).toBe('variable');
    expect(readdirSync(dir)).toEqual(['credentials']);
  });

  it.each([
    ['{', 'it is not JSON'],
    ['[]', 'it has no list "keys"'],
    ['{"keys":[]}', 'its list "keys" is empty'],
    ['{"keys":[{"id":"a"}]}', 'its key number 1 has no "id" and "key"'],
    ['{"keys":[{"id":"a","key":"c2hvcnQ="}]}', 'its key "a" has 5 bytes instead of 32'],
    [keyringOf('a', 'a'), 'two of its keys have the same id'],
  ])('refuses %s and says why, without its keys', (text, reason) => {
    expect(() => loadKeyring(dir, { SLUICE_KEYRING: text })).toThrow(reason);
    expect(() => loadKeyring(dir, { SLUICE_KEYRING: text })).not.toThrow('c2hvcnQ=');
  });

  it('gives the ledger a key that is not the one that seals', () => {
    const keyring = loadKeyring(dir, {});
    expect(ledgerKey(keyring)).toHaveLength(32);
    expect(ledgerKey(keyring)).toEqual(ledgerKey(keyring));
    expect(ledgerKey(keyring)).not.toEqual(keyring.keys[0].bytes);
  });
});

describe('a sealed secret', () => {
  const boxOf = (...ids: readonly string[]) =>
    secretBox(loadKeyring(dir, { SLUICE_KEYRING: keyringOf(...ids) }));

  function seal(value: string): Openable {
    return { project_id: 'p1', key: 'TOKEN', version: 1, ...boxOf('a').seal('p1', 'TOKEN', 1, value) };
  }

  it.each(['', VALUE, 'naïve 🔑', 'line\nline\0'])('opens to what was sealed: %j', (value) => {
    expect(boxOf('a').open(seal(value))).toBe(value);
  });

  it('looks different each time', () => {
    const [first, second] = [seal(VALUE), seal(VALUE)];
    expect(first.iv).toHaveLength(12);
    expect(first.iv).not.toEqual(second.iv);
    expect(first.ciphertext).not.toEqual(second.ciphertext);
  });

  it.each<[string, Partial<Openable>]>([
    ['project', { project_id: 'p2' }],
    ['name', { key: 'OTHER' }],
    ['version', { version: 2 }],
    ['value', { ciphertext: Buffer.from('changed') }],
    ['tag', { tag: Buffer.alloc(16) }],
    ['shortened tag', { tag: Buffer.alloc(4) }],
  ])('does not open with another %s', (_, change) => {
    const open = () => boxOf('a').open({ ...seal(VALUE), ...change });
    expect(open).toThrow(/cannot be opened.*set the secret again/);
    expect(open).not.toThrow(VALUE);
  });

  it('opens under any key of the ring, and is sealed under the first', () => {
    const old = seal(VALUE);
    const rotated = secretBox({
      source: 'a test',
      keys: [
        { id: 'b', bytes: new Uint8Array(32).fill(9) },
        { id: 'a', bytes: new Uint8Array(32).fill(1) },
      ],
    });
    expect(rotated.open(old)).toBe(VALUE);
    expect(rotated.seal('p1', 'TOKEN', 2, VALUE).key_id).toBe('b');
  });

  it('names the secret and the key when the ring lacks it', () => {
    expect(() => boxOf('b').open(seal(VALUE))).toThrow(
      'The secret TOKEN of project p1 cannot be opened: key "a" is not in the keyring of the variable SLUICE_KEYRING.',
    );
  });

  it('cannot be found in any file of the data directory', async () => {
    const { store, dir: data, close } = openTestStore();
    const loaded = await store.deploy(deployWrite());
    const id = loaded?.project.id ?? '';
    const sealed = secretBox(loadKeyring(data, {})).seal(id, 'TOKEN', 1, VALUE);
    await store.putSecret({
      project_id: id,
      key: 'TOKEN',
      version: 1,
      set_at: 1,
      set_by: 'admin',
      ...sealed,
    });

    const files = readdirSync(data);
    expect(files).toEqual(
      expect.arrayContaining(['sluice.db', 'sluice.db-wal', 'sluice.db-shm', 'keyring.json']),
    );
    const contents = files.map((name) => readFileSync(join(data, name)));
    expect(contents.some((content) => content.includes(Buffer.from(sealed.ciphertext)))).toBe(true);
    for (const form of [VALUE, Buffer.from(VALUE).toString('base64'), Buffer.from(VALUE).toString('hex')]) {
      expect(contents.every((content) => !content.includes(form))).toBe(true);
    }
    await close();
  });
});
