import { createHash } from 'node:crypto';
import type { CompileRequest } from '../types.ts';

/** To be raised with every change of what is compiled from the same sources. */
const COMPILER_VERSION = 1;

/** The SHA-256, in hex, of all that a program is made from. */
export function programId({ files, bundle }: CompileRequest): string {
  const sorted = (record: Readonly<Record<string, string>>) =>
    Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = [COMPILER_VERSION, sorted(files), bundle && [sorted(bundle.modules), bundle.lock]];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
