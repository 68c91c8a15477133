import type { RateSpec } from '../project/manifest.ts';
import { BusyError } from './busy-error.ts';
import { LONGEST_PAUSE_MS, LONGEST_WAIT_MS, PACED_PLACES_PER_PROJECT, WAITING_PER_PLACE } from './limits.ts';
import { Line } from './line.ts';

/**
 * Lets requests of one project to one place begin in order: not before the server wants them again (`Retry-After`),
 * and not more of them than the project's own rates allow. Nothing is kept of places that need no pause.
 */
export class Pauses {
  readonly #projects = new Map<string, Map<string, Line>>();
  readonly #clock: () => number;

  /** `clock`: milliseconds that only go up. */
  constructor(clock: () => number = () => performance.now()) {
    this.#clock = clock;
  }

  /**
   * Resolves when the request may begin. Rejects with the signal's reason, or at once with a `BusyError` that says when
   * to come again, when that is more than a minute away or too many wait.
   */
  async turn(project: string, place: string, rates: readonly RateSpec[], signal: AbortSignal): Promise<void> {
    const known = this.#projects.get(project)?.get(place);
    const line = known ?? (rates.length === 0 ? undefined : this.#open(project, place));
    if (line === undefined) return;
    signal.throwIfAborted();
    const wait = line.waitOf(rates);
    if (wait > LONGEST_WAIT_MS) throw tooLong(place, wait);
    if (line.waiting >= WAITING_PER_PLACE) {
      throw new BusyError(`More than ${WAITING_PER_PLACE} requests wait for ${place}. Send fewer at once.`);
    }
    await line.take(rates, signal);
  }

  /** Nothing of the project goes to the place for `ms`, an hour at most. Nothing happens when too many places pause already. */
  pause(project: string, place: string, ms: number): void {
    const line = this.#projects.get(project)?.get(place) ?? this.#openIfRoom(project, place);
    const length = Math.min(ms, LONGEST_PAUSE_MS);
    line?.pause(length, length > LONGEST_WAIT_MS ? tooLong(place, length) : null);
  }

  #open(project: string, place: string): Line {
    const line = this.#openIfRoom(project, place);
    if (line !== undefined) return line;
    throw new BusyError(
      `This project sends to more than ${PACED_PLACES_PER_PROJECT} hosts with a rate at once. Send to fewer at once.`,
    );
  }

  #openIfRoom(project: string, place: string): Line | undefined {
    const places = this.#projects.get(project) ?? new Map<string, Line>();
    if (places.size >= PACED_PLACES_PER_PROJECT) return undefined;
    const line = new Line(this.#clock, () => {
      places.delete(place);
      if (places.size === 0) this.#projects.delete(project);
    });
    this.#projects.set(project, places.set(place, line));
    return line;
  }
}

function tooLong(place: string, ms: number): BusyError {
  const at = new Date(Date.now() + ms).toISOString();
  return new BusyError(
    `Held back: ${place} takes no more requests of this project until ${at}. Send it again after that time.`,
  );
}
