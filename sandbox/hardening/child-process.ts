import { readFileSync } from 'node:fs';

/**
 * The process of the child itself when `pid` was started for it: the same one, except in a room of bubblewrap, which starts
 * a first process there and that one the child. Undefined while it is not there yet, or when `pid` is gone. What a process
 * calls itself it can change, so only the two that are ours are asked.
 */
export function childProcessOf(pid: number): number | undefined {
  let current: number | undefined = pid;
  for (let above = 0; above < 2 && current !== undefined; above += 1) {
    if (nameOf(current) !== 'bwrap') return current;
    current = onlyChildOf(current);
  }
  return current;
}

function nameOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return undefined;
  }
}

function onlyChildOf(pid: number): number | undefined {
  try {
    const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    return child ? Number(child) : undefined;
  } catch {
    return undefined;
  }
}
