import type { EnvSession } from './session.ts';

const MB = 1024 ** 2;
/** What transactions that are open may keep in memory, those of one project and all together. */
const MOST_OF_PROJECT = 128 * MB;
const MOST = 512 * MB;

/** What open transactions keep: each is bounded, and thousands of jobs may have one that they do not end. */
export class KeptBytes {
  readonly #bySession = new Map<EnvSession, number>();
  readonly #byProject = new Map<string, number>();
  #all = 0;

  /** Throws a RetryableJobError when nobody of the project may keep more now. */
  checkRoom({ projectId }: EnvSession): void {
    if (this.#all < MOST && (this.#byProject.get(projectId) ?? 0) < MOST_OF_PROJECT) return;
    const error = new Error(
      `Transactions that are open keep ${MOST_OF_PROJECT / MB} MB of this project or ${MOST / MB} MB in all: this one cannot go on. The job can be tried again when others have ended.`,
    );
    error.name = 'RetryableJobError';
    throw error;
  }

  /** Notes what the session keeps from now on. */
  note(session: EnvSession): void {
    const { projectId, kept } = session;
    const more = kept - (this.#bySession.get(session) ?? 0);
    if (kept === 0) this.#bySession.delete(session);
    else this.#bySession.set(session, kept);
    const ofProject = (this.#byProject.get(projectId) ?? 0) + more;
    if (ofProject === 0) this.#byProject.delete(projectId);
    else this.#byProject.set(projectId, ofProject);
    this.#all += more;
  }
}
