import type { Keyring } from '../../../runtime/keyring.ts';

/** What the nodes of a failure test have in common. */
export const SLUG = 'failing';
/** Jobs of its task at once, over all nodes. */
export const LIMIT = 6;
export const LEASE_MS = 3_000;
export const CHAIN_KEY = new Uint8Array(32).fill(7);
export const KEYRING: Keyring = {
  keys: [{ id: 'test', bytes: new Uint8Array(32).fill(9) }],
  source: 'the test',
};
