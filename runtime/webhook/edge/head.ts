import type { HttpRequestData } from '../../../sandbox/types.ts';

/** What is known of a request before its body is read. */
export type HookHead = Omit<HttpRequestData, 'form' | 'files' | 'data'>;

/**
 * The value of a header that is there once, however its name is written; undefined when it is not, or more than once: nobody
 * knows which one counts. `name` is in lower case.
 */
export function onlyHeader({ headers }: HookHead, name: string): string | undefined {
  const [found, ...others] = headers.filter(([given]) => given.toLowerCase() === name);
  return others.length === 0 ? found?.[1] : undefined;
}
