import { readFileSync } from 'node:fs';

/** How deep a room of bubblewrap, the child in it and its esbuild are nested. */
const MAX_DEPTH = 4;
const PAGE_BYTES = 4096;

/** What a process and all it has started have in memory, in bytes; 0 where the system does not tell. */
export function memoryOf(pid: number, depth = MAX_DEPTH): number {
  const own = Number(read(`/proc/${pid}/statm`).split(' ')[1] ?? 0) * PAGE_BYTES;
  if (depth === 0) return own;
  // A child belongs to the thread that started it. Node.js starts them on its first one, as does bubblewrap.
  const children = read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean);
  return children.reduce((sum, child) => sum + memoryOf(Number(child), depth - 1), own);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
