import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestRealm, runInNode, type TestRealm, type TestRealmOptions } from './isolate.ts';

/** One realm for all tests of a file. */
export function useTestRealm(options?: TestRealmOptions): {
  readonly run: (body: string) => Promise<unknown>;
} {
  let realm: TestRealm | undefined;
  beforeAll(async () => {
    realm = await openTestRealm(options);
  });
  afterAll(() => realm?.dispose());
  return {
    async run(body) {
      if (realm === undefined) throw new Error('the realm is not open');
      return realm.run(body);
    },
  };
}

/** One test for each program, named by its sentence: its result in the realm is the same as in Node.js. */
export function sameAsNode(
  realm: ReturnType<typeof useTestRealm>,
  programs: Readonly<Record<string, string>>,
): void {
  for (const [sentence, body] of Object.entries(programs)) {
    it(sentence, async () => {
      const expected = await runInNode(body);
      expect(expected).not.toBeNull();
      expect(await realm.run(body)).toEqual(expected);
    });
  }
}
