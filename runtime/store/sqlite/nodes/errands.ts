import type { ErrandStore } from '../../errand-store.ts';

/** A file is one process's own, which has in its memory what it fetched: access tokens are not written down for nobody. */
export const sqliteErrands = (): ErrandStore => ({
  holdErrand: async () => true,
  endErrand: async () => {},
  putAccessToken: async () => {},
  getAccessToken: async () => undefined,
});
