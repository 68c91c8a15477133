import { childrenOf, readProc } from '../proc.ts';

/**
 * The process of the child itself when `pid` was started for it: the same one, except in a room of bubblewrap, which starts
 * a first process there and that one the child. Undefined while it is not there yet. What a process
 * calls itself it can change, so only the two that are ours are asked.
 */
export function childProcessOf(pid: number): number | undefined {
  let current: number | undefined = pid;
  for (let above = 0; above < 2 && current !== undefined; above += 1) {
    if (readProc(current, 'comm') !== 'bwrap') return current;
    [current] = childrenOf(current);
  }
  return current;
}
