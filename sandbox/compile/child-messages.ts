import type { CompileRequest, CompileResult } from '../types.ts';

/** What the server sends to the compiler child, one at a time. */
export interface CompileMessage {
  readonly request: CompileRequest;
}

/** What the child answers. `failed`: esbuild itself gave up; the child ends after it. */
export type CompileAnswer = { readonly result: CompileResult } | { readonly failed: string };
