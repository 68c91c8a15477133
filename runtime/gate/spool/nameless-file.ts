import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

const PREFIX = 'sluice-body-';

/**
 * Makes the folder of the spool if it is missing, for its owner only, and removes what a process left that was killed. A file
 * that another process is about to take the name of may go too: that takes nothing from it.
 */
export async function prepareFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const name of await readdir(folder)) {
    // In a folder that users share, those of others stay.
    if (name.startsWith(PREFIX)) await rm(join(folder, name), { force: true }).catch(() => {});
  }
}

/**
 * A new file to write and read, for its owner only, that has no name any more: whatever becomes of this process, the
 * system gives its place back. A kill between the two steps leaves an empty file, which `prepareFolder` removes.
 */
export async function openNameless(folder: string): Promise<FileHandle> {
  const path = join(folder, `${PREFIX}${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600);
  try {
    await rm(path, { force: true });
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}
