import { readFileSync } from 'node:fs';

/** Files that the server itself needs: database, runners, connections of the gate. */
const OWN_FILES = 512;

/**
 * Connections that may be open at once. Each is a file of this process: without a bound callers could take all of them,
 * and neither a runner nor a connection of the gate could be opened. What is more is closed at once.
 */
export function mostConnections(limits = readLimits()): number {
  const found = /^Max open files\s+(\d+)/m.exec(limits);
  // The system does not say, or has no limit.
  if (found === null) return Number.POSITIVE_INFINITY;
  const files = Number(found[1]);
  return Math.max(Math.floor(files / 2), files - OWN_FILES);
}

function readLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'latin1');
  } catch {
    return '';
  }
}
