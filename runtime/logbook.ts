import type { JobLimits, JobLogLine, LogLevel } from '../sandbox/types.ts';
import type { Clock } from './clock.ts';
import type { JobRow } from './store/job-store.ts';
import type { LogWrite } from './store/log-store.ts';

/** A job that runs longer than this can be followed while it runs. */
const FIRST_FLUSH_MS = 250;
const FLUSH_EVERY_MS = 1000;

export interface LogbookOptions {
  readonly job: JobRow;
  readonly limits: Pick<JobLimits, 'logLines' | 'logBytes'>;
  readonly clock: Clock;
  /** Writes lines of a job that is still running; called the first time even when there are none. */
  flush(lines: readonly LogWrite[]): Promise<void>;
}

/**
 * The lines of one job. A short job's lines stay here and are committed together with its final state:
 *
 *     open -> (after 250 ms, then each second: flush) -> closed: what is left goes with the job
 *
 * A flush that fails keeps its lines for the next one.
 */
export class Logbook {
  readonly #options: LogbookOptions;
  readonly #lines: LogWrite[] = [];
  #count = 0;
  #bytes = 0;
  #dropped = 0;
  #warned = false;
  #failed = false;
  #closed = false;
  #flushed = false;
  #flushing: Promise<void> | undefined;
  #stopTimer: () => void;

  constructor(options: LogbookOptions) {
    this.#options = options;
    this.#stopTimer = options.clock.after(FIRST_FLUSH_MS, () => this.#flush());
  }

  /** A warning was logged. */
  get warned(): boolean {
    return this.#warned;
  }

  /** An error or critical line was logged. */
  get failed(): boolean {
    return this.#failed;
  }

  /** A line of the job's own code; past the job's limits it is dropped and counted. */
  write(line: JobLogLine): void {
    if (this.#closed) return;
    // Those of the realms and our own are told in one line at the end.
    if (line.dropped !== undefined) {
      this.#warned = true;
      this.#dropped += line.dropped;
      return;
    }
    if (line.name === 'sluice') return this.#add(line);
    const { logLines, logBytes } = this.#options.limits;
    this.#count += 1;
    this.#bytes += line.message.length;
    if (this.#count > logLines || this.#bytes > logBytes) this.#dropped += 1;
    else this.#add(line);
  }

  /** A line of Sluice's own about this job. */
  note(level: LogLevel, message: string): void {
    this.#add({ at: this.#options.clock.now(), level, message, name: 'sluice' });
  }

  /** No line is taken any more. The lines that are not on disk yet, in order. */
  async close(): Promise<readonly LogWrite[]> {
    this.#stopTimer();
    if (this.#dropped > 0) {
      const what = `${this.#dropped} more log lines were dropped`;
      this.note('warning', `${what}: the job reached its limit of lines or bytes.`);
      this.#dropped = 0;
    }
    this.#closed = true;
    if (this.#flushing !== undefined) await this.#flushing;
    return this.#lines;
  }

  #add({ at, level, message, name }: JobLogLine): void {
    if (level === 'warning') this.#warned = true;
    else if (level === 'error' || level === 'critical') this.#failed = true;
    const { id, project, project_id, task, trigger } = this.#options.job;
    this.#lines.push({ at, level, message, project, project_id, task, trigger, job: id, name });
  }

  async #flush(): Promise<void> {
    const { length } = this.#lines;
    if (length > 0 || !this.#flushed) {
      this.#flushing = this.#options.flush(this.#lines.slice(0, length)).then(
        () => {
          this.#flushed = true;
          this.#lines.splice(0, length);
        },
        () => {},
      );
      await this.#flushing;
    }
    if (this.#closed) return;
    this.#stopTimer = this.#options.clock.after(FLUSH_EVERY_MS, () => this.#flush());
  }
}
