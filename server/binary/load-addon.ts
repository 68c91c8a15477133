import { ownPath } from '../../sandbox/own-path.ts';

/** Loads a native addon that the binary carries along. The build puts calls of this where packages look for theirs. */
export function loadAddon(name: string): unknown {
  const addon = { exports: {} };
  process.dlopen(addon, ownPath(name));
  return addon.exports;
}
