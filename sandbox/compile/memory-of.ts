import { childrenOf, readProc } from '../proc.ts';

/** How deep a room of bubblewrap, the child in it and its esbuild are nested. */
const MAX_DEPTH = 4;
const PAGE_BYTES = 4096;

/** What a process and all it has started have in memory, in bytes; 0 where the system does not tell. */
export function memoryOf(pid: number, depth = MAX_DEPTH): number {
  const own = Number(readProc(pid, 'statm').split(' ')[1] ?? 0) * PAGE_BYTES;
  if (depth === 0) return own;
  return childrenOf(pid).reduce((sum, child) => sum + memoryOf(child, depth - 1), own);
}
