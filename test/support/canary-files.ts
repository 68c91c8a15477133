import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface LeftInFiles {
  /** A file below the folder, or `output` of the process. */
  readonly where: string;
  readonly sought: string;
}

/** Every place in the files below a folder, and in texts beside them, where one of these texts is, byte by byte. */
export function searchFiles(
  dir: string,
  outputs: readonly string[],
  sought: readonly string[],
): readonly LeftInFiles[] {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  const contents: [string, Buffer][] = [
    ...files.map((file): [string, Buffer] => [path.relative(dir, file), readFileSync(file)]),
    ...outputs.map((text): [string, Buffer] => ['output', Buffer.from(text)]),
  ];
  return contents.flatMap(([where, bytes]) =>
    sought.filter((text) => bytes.includes(text)).map((text) => ({ where, sought: text })),
  );
}
