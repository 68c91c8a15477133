import type Database from 'better-sqlite3';

/** What a row of the store says of a job that has ended. */
export interface EndedJob {
  readonly id: string;
  readonly status: string;
  readonly attempt: number;
  readonly max_attempts: number;
  readonly trigger_type: string;
  readonly parent_id: string | null;
  readonly planned_at: number | null;
  readonly input: string | null;
}

export function monthsOf(db: Database.Database, base: string): readonly string[] {
  return db
    .prepare<[string], string>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB ?")
    .pluck()
    .all(`${base}_[0-9]*`);
}

/** Jobs that have ended, by id. */
export function endedJobs(db: Database.Database): ReadonlyMap<string, EndedJob> {
  const columns = 'id, status, attempt, max_attempts, trigger_type, parent_id, planned_at, input';
  const rows = monthsOf(db, 'jobs').flatMap((table) =>
    db.prepare<[], EndedJob>(`SELECT ${columns} FROM ${table}`).all(),
  );
  return new Map(rows.map((row) => [row.id, row]));
}

interface Seen {
  attempt: number;
  /** In the process that runs now. */
  running: boolean;
  ended: boolean;
  /** The next start has this attempt, if that is known. */
  next: number | undefined;
  starts: number;
}

/**
 * Follows what the works say, line by line over many processes, and notes what must not be: a start after the end, two
 * at once, attempts that do not follow each other.
 */
export class QueueEvidence {
  readonly problems: string[] = [];
  readonly accepted = new Map<string, string>();
  readonly cancelled = new Set<string>();
  readonly counts = { starts: 0, accepted: 0, answered: 0, requeued: 0, ended: 0 };
  readonly #jobs = new Map<string, Seen>();

  hear(line: string): void {
    const [word, id = '', second = '', third = ''] = line.split(' ');
    const job = this.#jobs.get(id);
    switch (word) {
      case 'A':
        this.counts.accepted += 1;
        this.accepted.set(id, second);
        return;
      case 'W':
        this.counts.answered += 1;
        return;
      case 'C':
        this.cancelled.add(id);
        return;
      case 'S':
        return this.#starts(id, Number(second), job);
      case 'E':
        if (job !== undefined) job.running = false;
        return;
      case 'F':
        this.counts.ended += 1;
        if (job !== undefined) job.ended = true;
        return;
      case 'R':
        this.counts.requeued += 1;
        if (job !== undefined) job.next = Number(second) + (third === '1' ? 0 : 1);
        return;
    }
  }

  /** The process is dead; these are in the store as ended. */
  died(ended: Iterable<string>): void {
    for (const job of this.#jobs.values()) job.running = false;
    for (const id of ended) {
      const job = this.#jobs.get(id);
      if (job === undefined) this.#jobs.set(id, { ...NEVER, ended: true });
      else job.ended = true;
    }
  }

  startsOf(id: string): number {
    return this.#jobs.get(id)?.starts ?? 0;
  }

  lastAttempt(id: string): number | undefined {
    const job = this.#jobs.get(id);
    return job === undefined || job.starts === 0 ? undefined : job.attempt;
  }

  #starts(id: string, attempt: number, before: Seen = { ...NEVER }): void {
    this.counts.starts += 1;
    if (before.ended) this.problems.push(`${id} started after its end`);
    if (before.running) this.problems.push(`${id} started while it ran`);
    const { next } = before;
    const follows = next === undefined ? [before.attempt, before.attempt + 1] : [next];
    if (!follows.includes(attempt)) {
      this.problems.push(`${id} started attempt ${attempt} after ${before.attempt}, expected ${follows}`);
    }
    // Killed, it begins the same attempt again.
    this.#jobs.set(id, {
      attempt,
      running: true,
      ended: before.ended,
      next: undefined,
      starts: before.starts + 1,
    });
  }
}

const NEVER: Seen = { attempt: 0, running: false, ended: false, next: undefined, starts: 0 };
