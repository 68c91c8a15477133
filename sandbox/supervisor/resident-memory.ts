import { closeSync, openSync, readSync } from 'node:fs';

/** What a process really has in memory, whoever allocated it there. Read often, so the file stays open. */
export class ResidentMemory {
  readonly #text = Buffer.alloc(4096);
  #fd: number | undefined;

  /** `pid` of a child that has not been reaped yet. */
  constructor(pid: number) {
    try {
      this.#fd = openSync(`/proc/${pid}/status`, 'r');
    } catch {
      this.#fd = undefined;
    }
  }

  /** In bytes; undefined when the system does not say (it is not Linux, or the process is gone). */
  read(): number | undefined {
    if (this.#fd === undefined) return undefined;
    try {
      const length = readSync(this.#fd, this.#text, 0, this.#text.length, 0);
      const found = /^VmRSS:\s+(\d+) kB$/m.exec(this.#text.toString('latin1', 0, length));
      return found === null ? undefined : Number(found[1]) * 1024;
    } catch {
      return undefined;
    }
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }
}
