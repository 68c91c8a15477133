import type { FileHandle } from 'node:fs/promises';
import { Budget } from '../budget.ts';
import type { SpoolLimits } from '../limits.ts';
import { openNameless, prepareFolder } from './nameless-file.ts';
import { cannotWrite, Spooling } from './spooling.ts';

/**
 * Where bodies wait that are too large to come with their answer: files without a name in one folder, bounded for each
 * project and for all of them.
 */
export class Spool {
  readonly limits: SpoolLimits;
  readonly #folder: string;
  readonly #ofProjects: Budget;
  readonly #ofAll: Budget;
  #ready: Promise<void> | undefined;

  constructor(folder: string, limits: SpoolLimits) {
    this.limits = limits;
    this.#folder = folder;
    this.#ofProjects = new Budget(
      limits.project,
      `Bodies of answers that this project has not read yet, or is sending on, take more than ${limits.project} bytes. Read each, hand it on or let it go (await response.body.cancel()) before the next.`,
    );
    this.#ofAll = new Budget(
      limits.all,
      'The bodies of answers that wait on this server take all the room there is for them. Try again later.',
    );
  }

  /** Rejects with a `BusyError` when no file can be made. */
  async open(projectId: string): Promise<Spooling> {
    const file = await this.#newFile();
    return new Spooling({
      file,
      holds: [this.#ofProjects.open(projectId), this.#ofAll.open('')],
      mostBytes: this.limits.body,
    });
  }

  async #newFile(): Promise<FileHandle> {
    this.#ready ??= prepareFolder(this.#folder);
    try {
      await this.#ready;
      return await openNameless(this.#folder);
    } catch (cause) {
      this.#ready = undefined;
      throw cannotWrite(cause);
    }
  }
}
