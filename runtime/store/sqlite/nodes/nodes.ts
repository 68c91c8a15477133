import type { NodeStore } from '../../node-store.ts';

/** A file is one process's own: there are no others, and it is always there. */
export const sqliteNodes = (now: () => number): NodeStore => ({
  isShared: false,
  tellOthers: async () => {},
  watchOthers: () => () => {},
  now,
  state: () => USABLE,
  projectMarks: async () => [],
});

const USABLE = Object.freeze({ usable: true } as const);
