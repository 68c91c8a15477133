import { readFileSync } from 'node:fs';

/** A file about a process, as `status` or `task/1/children`; empty where the system has none or the process is gone. */
export function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1').trim();
  } catch {
    return '';
  }
}

/**
 * What the first thread of a process has started. A child belongs to the thread that started it; Node.js starts them on its
 * first one, as does bubblewrap.
 */
export const childrenOf = (pid: number): readonly number[] =>
  readProc(pid, `task/${pid}/children`).split(' ').filter(Boolean).map(Number);
