import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** `0A` is TCP_LISTEN in the tables of the kernel. */
const LISTENING = '0A';

/** Whether the process listens on this TCP port; undefined where the system does not tell: no /proc, or another user's process. */
export function listensOn(pid: number, port: number): boolean | undefined {
  try {
    const sockets = new Set(['tcp', 'tcp6'].flatMap((table) => listeners(`/proc/${pid}/net/${table}`, port)));
    return readdirSync(`/proc/${pid}/fd`).some((fd) => sockets.has(linkOf(`/proc/${pid}/fd/${fd}`)));
  } catch {
    return undefined;
  }
}

/** `socket:[inode]` of each socket in the table that listens on the port. */
function listeners(file: string, port: number): readonly string[] {
  const end = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const rows = readIfThere(file)
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  return rows
    .filter(([, local, , state]) => local?.endsWith(end) && state === LISTENING)
    .map((row) => `socket:[${row[9]}]`);
}

/** A kernel without IPv6 has no table of it. */
function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

/** Empty for one that was closed meanwhile. */
function linkOf(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
}
