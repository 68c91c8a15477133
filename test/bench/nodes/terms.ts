import type { Keyring } from '../../../runtime/keyring.ts';

export const CHAIN_KEY = new Uint8Array(32).fill(7);
export const KEYRING: Keyring = {
  keys: [{ id: 'bench', bytes: new Uint8Array(32).fill(9) }],
  source: 'the bench',
};
