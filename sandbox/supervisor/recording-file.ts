import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Entered, MAX_RECORDING_BYTES, readSlots } from '../wire/recording.ts';

/** The server's end of a runner's recording. `fd` is handed to the runner. */
export class RecordingFile {
  readonly fd: number | 'ignore';
  readonly #bytes = Buffer.alloc(MAX_RECORDING_BYTES);
  #closed = false;

  constructor() {
    this.fd = openNameless();
  }

  /** The entries that are under way in the runner, or were when it died. */
  read(): readonly Entered[] {
    if (this.#closed || this.fd === 'ignore') return [];
    const length = readSync(this.fd, this.#bytes, 0, MAX_RECORDING_BYTES, 0);
    return readSlots(this.#bytes.subarray(0, length));
  }

  close(): void {
    if (!this.#closed && this.fd !== 'ignore') closeSync(this.fd);
    this.#closed = true;
  }
}

/** A file without a name: nothing is left over, whatever ends this process. In memory where the system has such a place. */
function openNameless(): number | 'ignore' {
  for (const folder of ['/dev/shm', tmpdir()]) {
    const name = path.join(folder, `sluice-${randomUUID()}`);
    try {
      const fd = openSync(name, 'wx+', 0o600);
      unlinkSync(name);
      return fd;
    } catch (error) {
      // The runner will not start either, and says so; else try the next place.
      if (isOutOfFiles(error)) return 'ignore';
    }
  }
  throw new Error(
    `No temporary file can be made in /dev/shm or ${tmpdir()}. Set TMPDIR to a folder that can be written.`,
  );
}

const isOutOfFiles = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EMFILE' || error.code === 'ENFILE');
