import { afterEach, beforeEach } from 'vitest';
import type { Store } from '../../../../runtime/store/store.ts';

/** A store that a conformance case works on. */
export interface StoreUnderTest {
  readonly store: Store;
  /** Closes the store and opens it again as another process would. */
  reopen(): Promise<Store>;
  /** The same data as another process sees it that runs at the same time; closed with the store. */
  another(): Promise<Store>;
  /** Ends it and removes its data. */
  close(): Promise<void>;
}
export type OpenStore = () => Promise<StoreUnderTest>;

/** A fresh store for each case of a suite. */
export function freshStore(open: OpenStore): Pick<StoreUnderTest, 'store' | 'reopen' | 'another'> {
  let current: StoreUnderTest | undefined;

  const opened = (): StoreUnderTest => {
    if (current === undefined) throw new Error('No store is open outside a case.');
    return current;
  };

  beforeEach(async () => {
    current = await open();
  });
  afterEach(async () => {
    await current?.close();
    current = undefined;
  });

  return {
    get store() {
      return opened().store;
    },
    reopen: () => opened().reopen(),
    another: () => opened().another(),
  };
}

/** Every page of a list, as it comes. */
export async function pagesOf<Row>(
  list: (
    after: string | undefined,
  ) => Promise<{ readonly items: readonly Row[]; readonly next: string | null }>,
): Promise<readonly (readonly Row[])[]> {
  const pages: (readonly Row[])[] = [];
  let after: string | undefined;
  for (;;) {
    const page = await list(after);
    pages.push(page.items);
    if (page.next === null) return pages;
    after = page.next;
  }
}
