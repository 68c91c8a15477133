import { monthOf } from '../months.ts';

export const HOUR_MS = 3_600_000;

/** What a line counts with besides its message: its other columns and its places in indexes. */
export const LINE_BYTES = 300;

/** What is counted of a line; `level` is the place in `LOG_LEVELS`, `bytes` those of its message in UTF-8. */
export interface CountedLine {
  readonly at: number;
  readonly project: string;
  readonly level: number;
  readonly task: string | null;
  readonly trigger: string | null;
  readonly bytes: number;
}

/** Lines of one kind in one hour. `bytes` is what they count with. */
export interface HourCount extends Omit<CountedLine, 'at'> {
  readonly month: string;
  readonly hour: number;
  count: number;
  bytes: number;
  first_at: number;
  last_at: number;
}

/** Counts lines in memory, so that many of one kind cost one write. */
export class LogTally {
  readonly #counts = new Map<string, HourCount>();

  add({ at, project, level, task, trigger, bytes }: CountedLine): void {
    const hour = at - (at % HOUR_MS);
    // Stored text has no U+0000.
    const names = [project, task === null ? '' : `=${task}`, trigger === null ? '' : `=${trigger}`];
    const key = `${hour} ${level} ${names.join('\0')}`;
    const found = this.#counts.get(key);
    if (found === undefined) {
      const month = monthOf(at);
      const whole = { count: 1, bytes: bytes + LINE_BYTES, first_at: at, last_at: at };
      this.#counts.set(key, { month, hour, project, level, task, trigger, ...whole });
      return;
    }
    found.count += 1;
    found.bytes += bytes + LINE_BYTES;
    found.first_at = Math.min(found.first_at, at);
    found.last_at = Math.max(found.last_at, at);
  }

  /** What was counted; it is forgotten. */
  take(): readonly HourCount[] {
    const counts = [...this.#counts.values()];
    this.#counts.clear();
    return counts;
  }
}
