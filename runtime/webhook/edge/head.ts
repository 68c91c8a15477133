import type { HttpRequestData, Pairs } from '../../../sandbox/types.ts';

/** What is known of a request before its body is read. */
export type HookHead = Omit<HttpRequestData, 'form' | 'files' | 'data'>;

/** The values of a header, however its name is written; `name` is in lower case. */
export const headersOf = ({ headers }: { readonly headers: Pairs }, name: string): readonly string[] =>
  headers.filter(([given]) => given.toLowerCase() === name).map(([, value]) => value);

/** The value of a header that is there once; undefined when it is not, or more than once: nobody knows which one counts. */
export function onlyHeader(head: { readonly headers: Pairs }, name: string): string | undefined {
  const values = headersOf(head, name);
  return values.length === 1 ? values[0] : undefined;
}
