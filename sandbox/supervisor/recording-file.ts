import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Entered, MAX_RECORDING_BYTES, readSlots } from '../wire/recording.ts';

/** The server's end of a runner's recording. `fd` is handed to the runner. */
export class RecordingFile {
  readonly fd: number;
  readonly #bytes = Buffer.alloc(MAX_RECORDING_BYTES);
  #closed = false;

  constructor() {
    this.fd = openNameless();
  }

  /** The entries that are under way in the runner, or were when it died. */
  read(): readonly Entered[] {
    if (this.#closed) return [];
    const length = readSync(this.fd, this.#bytes, 0, MAX_RECORDING_BYTES, 0);
    return readSlots(this.#bytes.subarray(0, length));
  }

  close(): void {
    if (!this.#closed) closeSync(this.fd);
    this.#closed = true;
  }
}

/** A file without a name: nothing is left over, whatever ends this process. In memory where the system has such a place. */
function openNameless(): number {
  for (const folder of ['/dev/shm', tmpdir()]) {
    const name = path.join(folder, `sluice-${randomUUID()}`);
    try {
      const fd = openSync(name, 'wx+', 0o600);
      unlinkSync(name);
      return fd;
    } catch {
      // Try the next place.
    }
  }
  throw new Error(
    `No temporary file can be made in /dev/shm or ${tmpdir()}. Set TMPDIR to a folder that can be written.`,
  );
}
