import { printable } from './printable.ts';

/** `tasks/a.ts:3:7 message` for each diagnosis in the details of an error; a line of 0 means the whole file. */
export function detailLines(details: unknown): readonly string[] {
  if (!Array.isArray(details)) return [];
  return details.flatMap((detail: unknown) => {
    if (typeof detail !== 'object' || detail === null || !('message' in detail)) return [];
    const { file = '', line = 0, column = 0, message } = detail as Record<string, unknown>;
    const place = Number(line) > 0 ? `${file}:${line}:${column}` : `${file}`;
    return [printable(`${place} ${message}`.trim())];
  });
}
