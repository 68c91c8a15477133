import { readFileSync } from 'node:fs';
import { descendants } from '../support/processes.ts';

/** Proportional set size of a process and all its descendants, in megabytes, each with what it is. */
export function memoryOfTree(pid: number): { readonly total: number; readonly parts: readonly string[] } {
  const self = { pid, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0') };
  const parts = [self, ...descendants(pid)].map(({ pid: id, command }) => {
    const match = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${id}/smaps_rollup`, 'utf8'));
    const name = command
      .filter((word) => word !== '' && !word.startsWith('-'))
      .slice(-2)
      .join(' ');
    return { megabytes: Number(match?.[1] ?? 0) / 1024, name };
  });
  return {
    total: parts.reduce((sum, { megabytes }) => sum + megabytes, 0),
    parts: parts.map(
      ({ megabytes, name }) => `${megabytes.toFixed(1)} MB  ${name.replace(/.*\/(\S+)$/, '$1')}`,
    ),
  };
}
