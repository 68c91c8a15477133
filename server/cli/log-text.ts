import type { ApiLogLine } from './api-shapes.ts';
import type { Output } from './output.ts';
import { printable } from './printable.ts';

/** `2026-11-22T05:41:02.123Z WARNING  project, TRIGGER: message`, one line for each. */
export function formatLogLine(line: ApiLogLine, output: Output): string {
  const level = output.paint(line.level, printable(line.level).toUpperCase().padEnd(8));
  const from = [line.project, line.trigger ?? line.task].filter((name) => name !== null).join(' ');
  return `${printable(line.at)} ${level} ${printable(from)}: ${printable(line.message)}`;
}
