import type { JobOrder, Outcome } from '../types.ts';

/**
 * How a task of one version has behaved so far, and which runner its next job gets for that:
 *
 *   new     its first jobs, in a runner of its project's new tasks
 *   shared  it has proved harmless: with the quick tasks of all projects
 *   slow    a job of it took long: with its project's slow tasks, until it has been quick for a while
 *   own     it has ended a runner, until its next version, or was twice among those that may have; or it may change built-ins
 *           (`realm: own`): with those of its project, as it can make its runner break the rules
 *
 * A task that goes on ending runners is not started for a while. All of it is forgotten when the server stops.
 */
export type Lane = 'new' | 'shared' | 'slow' | 'own';

const PROBATION_JOBS = 20;
/** Processor time of one job from which on it is slow. */
const SLOW_CPU_MS = 100;
/** A slow job has to be followed by so many quick ones. */
const SLOW_JOBS = 20;
export const KILLS_UNTIL_QUARANTINE = 3;
const MOST_SUSPICIONS = 2;
const QUARANTINE_MS = 10 * 60_000;
/** Kept at most: the oldest is forgotten, and begins again as new. */
const MAX_KEPT = 10_000;

interface Record {
  clean: number;
  slow: number;
  kills: number;
  /** Ends of runners that may have been its work: whoever sees to it that it never runs alone is never found guilty. */
  suspicions: number;
  /** Milliseconds since 1970; 0: never. */
  quarantinedUntil: number;
}

/** What is judged: a task's file in one version of one project. */
export type Subject = Pick<JobOrder, 'projectId' | 'version' | 'task'> & {
  readonly ownRealm?: { readonly task: boolean };
};

export class Conduct {
  readonly #records = new Map<string, Record>();
  readonly #report: (message: string) => void;

  /** `report`: told to the operator. */
  constructor(report: (message: string) => void = () => {}) {
    this.#report = report;
  }

  laneOf(subject: Subject): Lane {
    const { kills, suspicions, slow, clean } = this.#recordOf(subject);
    if (kills > 0 || suspicions >= MOST_SUSPICIONS || subject.ownRealm?.task === true) return 'own';
    if (slow > 0) return 'slow';
    return clean < PROBATION_JOBS ? 'new' : 'shared';
  }

  /** A job of it ended while its runner went on. One that had to be stopped may have been busy all along. */
  ended(subject: Subject, { status, cpuMs }: Pick<Outcome, 'status' | 'cpuMs'>): void {
    const record = this.#recordOf(subject);
    const stopped = status === 'timed_out' || status === 'limit_exceeded';
    if (stopped || cpuMs > SLOW_CPU_MS) record.slow = SLOW_JOBS;
    else if (record.slow > 0) record.slow -= 1;
    record.clean = stopped ? 0 : record.clean + 1;
  }

  /** A job of it has ended its runner, or made us do it. */
  endedItsRunner(subject: Subject, now: number): void {
    const record = this.#recordOf(subject);
    record.kills += 1;
    if (record.kills < KILLS_UNTIL_QUARANTINE) return;
    record.quarantinedUntil = now + QUARANTINE_MS;
    const { task, version, projectId } = subject;
    const what = `${task} (version ${version} of the project with the id ${projectId})`;
    this.#report(
      `${what} brought down its process ${record.kills} times: it is not started for ten minutes.`,
    );
  }

  /** Its runner ended, and it may have been a job of it: it proves itself anew, away from other projects. */
  suspected(subject: Subject): void {
    const record = this.#recordOf(subject);
    record.suspicions += 1;
    record.clean = 0;
  }

  /** Until when it is not started, in milliseconds since 1970; undefined when it may start. */
  quarantinedUntil(subject: Subject, now: number): number | undefined {
    const { quarantinedUntil } = this.#recordOf(subject);
    return quarantinedUntil > now ? quarantinedUntil : undefined;
  }

  killsOf(subject: Subject): number {
    return this.#recordOf(subject).kills;
  }

  #recordOf({ projectId, version, task }: Subject): Record {
    const key = `${projectId}/${version}/${task}`;
    const known = this.#records.get(key);
    if (known !== undefined) return known;
    const [oldest] = this.#records.keys();
    if (oldest !== undefined && this.#records.size >= MAX_KEPT) this.#records.delete(oldest);
    const record: Record = { clean: 0, slow: 0, kills: 0, suspicions: 0, quarantinedUntil: 0 };
    this.#records.set(key, record);
    return record;
  }
}
