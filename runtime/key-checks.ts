import { deriveKey, type Key, type Keyring } from './keyring.ts';
import type { KeyCheck } from './store/key-store.ts';

/** What a store may know of the keys: who has the value learns nothing of the key, and no other key gives it. */
export function keyChecks({ keys }: Keyring): readonly [KeyCheck, ...KeyCheck[]] {
  const [first, ...others] = keys;
  return [checkOf(first), ...others.map(checkOf)];
}

const checkOf = (key: Key): KeyCheck => ({
  id: key.id,
  check_value: Buffer.from(deriveKey(key, 'check')).toString('hex'),
});
