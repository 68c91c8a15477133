/** Kills a process and, where it leads a group, everything it has started. */
export function killGroup(pid: number): void {
  if (!kill(-pid)) kill(pid);
}

/** False when there is no such process or group (any more). */
function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}
