import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Looks at /proc, so that a test can see which processes are really there. Linux only, as CI is. */
export interface SeenProcess {
  readonly pid: number;
  readonly parent: number;
  readonly command: readonly string[];
}

export function processes(): SeenProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        // The command in parentheses may hold anything: the fields after the last one are state and parent.
        const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        if (state === 'Z') return [];
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0').slice(0, -1);
        return [{ pid: Number(name), parent: Number(parent), command }];
      } catch {
        return [];
      }
    });
}

/** All living descendants of a process. */
export function descendants(pid: number): SeenProcess[] {
  const all = processes();
  const found: SeenProcess[] = [];
  const queue = [pid];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const children = all.filter(({ parent }) => parent === next);
    found.push(...children);
    queue.push(...children.map((child) => child.pid));
  }
  return found;
}

export const isAlive = (pid: number): boolean => processes().some((seen) => seen.pid === pid);

const PAGE_BYTES = 4096;

/** What a process has in memory; 0 when it is gone. */
export function residentBytes(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES;
  } catch {
    return 0;
  }
}

/** What a process holds open, by path; files without a name have ` (deleted)` behind it. */
export function openFiles(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
    } catch {
      return [];
    }
  });
}
