import { randomUUID } from 'node:crypto';
import type { Origin } from '../gate.ts';
import type { Spooled } from './spooled.ts';

interface KeptByJob {
  readonly bodies: Map<string, Spooled>;
  /** Gives all of them back. */
  end(): void;
}

/**
 * Bodies in the spool that Protected Code knows by a handle. A handle is a random word that means something to the attempt of
 * the job that got it and to nobody else; with the attempt all of its bodies are gone.
 */
export class KeptBodies {
  /** By the signal of the attempt. */
  readonly #jobs = new Map<AbortSignal, KeptByJob>();

  /** The handle of a body, which from now on belongs here. Throws when the attempt is over. */
  keep({ signal }: Origin, body: Spooled): string {
    if (signal.aborted) {
      body.release();
      throw signal.reason;
    }
    const handle = randomUUID();
    (this.#jobs.get(signal) ?? this.#open(signal)).bodies.set(handle, body);
    return handle;
  }

  /**
   * The body behind a handle, for the caller to release. After the last time the handle means nothing any more. Throws a
   * TypeError for a handle that this attempt does not have.
   */
  lend({ signal }: Origin, handle: unknown, isLast: boolean): Spooled {
    const job = this.#jobs.get(signal);
    const body = typeof handle === 'string' ? job?.bodies.get(handle) : undefined;
    if (job === undefined || body === undefined || typeof handle !== 'string') {
      throw new TypeError(
        'There is no such body: it was read or handed on before, or it is not one of this job',
      );
    }
    if (!isLast) return body.share();
    job.bodies.delete(handle);
    if (job.bodies.size === 0) this.#close(signal, job);
    return body;
  }

  /** Gives all bodies of all jobs back. */
  end(): void {
    for (const job of [...this.#jobs.values()]) job.end();
  }

  #open(signal: AbortSignal): KeptByJob {
    const bodies = new Map<string, Spooled>();
    const job: KeptByJob = {
      bodies,
      end: () => {
        this.#close(signal, job);
        for (const body of bodies.values()) body.release();
        bodies.clear();
      },
    };
    signal.addEventListener('abort', job.end);
    this.#jobs.set(signal, job);
    return job;
  }

  #close(signal: AbortSignal, { end }: KeptByJob): void {
    signal.removeEventListener('abort', end);
    this.#jobs.delete(signal);
  }
}
