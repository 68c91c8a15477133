import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PendingConnection, PendingConnections } from '../../../runtime/connections/pending.ts';
import { secretBox } from '../../../runtime/secrets.ts';
import { openTestStore, type TestStore } from '../../support/store.ts';

const KEYRING = {
  keys: [{ id: 'test', bytes: new Uint8Array(32).fill(9) }],
  source: 'the test',
} as const;
const BEGUN: PendingConnection = {
  projectId: 'p',
  slug: 's',
  key: 'K',
  tokenUrl: 'https://example.com/',
  clientId: 'c',
  clientAuth: 'basic',
  clientSecret: 'CLIENT',
  verifier: 'v',
  redirectUri: 'https://example.com/',
  actor: { id: null, name: 'admin', login: null, role: 'manager' },
  expiresAt: 1000,
};

describe('a connection under way', () => {
  let opened: TestStore;
  const here = () => new PendingConnections({ store: opened.store, secretBox: secretBox(KEYRING) });
  beforeEach(() => {
    opened = openTestStore();
  });
  afterEach(() => opened.close());

  it('is found once, by another process too, until its time is over', async () => {
    const state = await here().add(BEGUN, 0);
    expect(await here().take(state, 999)).toEqual(BEGUN);
    expect(await here().take(state, 999)).toBeUndefined();
    expect(await here().take(await here().add(BEGUN, 0), 1000)).toBeUndefined();
  });

  it('is forgotten when a thousand came after it', async () => {
    const all = here();
    const begin = (count: number) => all.add({ ...BEGUN, expiresAt: 1000 + count }, 0);
    const first = await begin(0);
    const second = await begin(1);
    await Promise.all(Array.from({ length: 999 }, (_, count) => begin(2 + count)));
    expect(await all.take(first, 0)).toBeUndefined();
    expect(await all.take(second, 0)).toMatchObject({ verifier: 'v' });
  });

  it('is kept by nothing that tells its state, its verifier or who began it', async () => {
    const rows: string[] = [];
    const store = {
      ...opened.store,
      putBegun: async (row: object) => {
        rows.push(JSON.stringify(row));
      },
    };
    const state = await new PendingConnections({ store, secretBox: secretBox(KEYRING) }).add(
      { ...BEGUN, verifier: 'a-verifier' },
      0,
    );
    for (const word of [state, 'a-verifier', 'admin', 'example.com']) expect(rows.join()).not.toContain(word);
    expect(rows).toHaveLength(1);
  });
});
