import type { FreePlaces, QueuedJob } from '../job-store.ts';

/** The queue of one task while a claim picks from it. */
interface Queue<Job> {
  /** Its next jobs, the best first. */
  next: readonly Job[];
  /** So many were looked for last. */
  asked: number;
}

/**
 * In which order a claim takes jobs: the project that holds fewest places comes first, then the lowest priority number, then
 * run_at, then id. Each pick looks at one job of each project; what may not start is out for the whole claim, as places only
 * fill up.
 */
export class ClaimOrder<Job extends QueuedJob> {
  readonly #places: FreePlaces;
  readonly #more: (queueOf: Job, count: number) => readonly Job[];
  /** Of each project its tasks' queues, the one with the best job first. */
  readonly #projects = new Map<string, Queue<Job>[]>();
  #taken: Job | undefined;

  /**
   * `heads`: the best job of each task's queue, in order. `more` reads the best that a queue still has, up to `count`; it is
   * called when those that were picked before are gone from the queue.
   */
  constructor(
    heads: readonly Job[],
    places: FreePlaces,
    more: (queueOf: Job, count: number) => readonly Job[],
  ) {
    this.#places = places;
    this.#more = more;
    for (const head of heads) {
      const queue = { next: [head], asked: 1 };
      const queues = this.#projects.get(head.project_id);
      if (queues === undefined) this.#projects.set(head.project_id, [queue]);
      else queues.push(queue);
    }
  }

  /** The next job, which takes its place; undefined when no place is left, or nothing may start. */
  next(): Job | undefined {
    if (this.#taken !== undefined) this.#goOn(this.#taken);
    this.#taken = undefined;
    if (this.#places.left === 0) return undefined;
    const best = this.#best();
    if (best !== undefined) this.#places.take(best);
    this.#taken = best;
    return best;
  }

  #best(): Job | undefined {
    let best: Job | undefined;
    let fewest = Number.POSITIVE_INFINITY;
    for (const [project, queues] of this.#projects) {
      const job = this.#firstOf(queues);
      if (job === undefined) {
        this.#projects.delete(project);
        continue;
      }
      const held = this.#places.heldBy(project);
      if (best === undefined || held < fewest || (held === fewest && comesFirst(job, best))) {
        [best, fewest] = [job, held];
      }
    }
    return best;
  }

  #firstOf(queues: Queue<Job>[]): Job | undefined {
    for (let job = queues[0]?.next[0]; job !== undefined; job = queues[0]?.next[0]) {
      if (this.#places.mayStart(job)) return job;
      queues.shift();
    }
    return undefined;
  }

  /** The more a queue gives, the more of it are looked for at once. */
  #goOn(taken: Job): void {
    const queues = this.#projects.get(taken.project_id) ?? [];
    const queue = queues.shift();
    if (queue === undefined) return;
    queue.next = queue.next.slice(1);
    if (queue.next.length === 0) {
      queue.asked = Math.min(queue.asked * 2, Math.max(this.#places.left, 1));
      queue.next = this.#more(taken, queue.asked);
    }
    const [head] = queue.next;
    if (head === undefined) return;
    const at = queues.findIndex(({ next: [other] }) => other !== undefined && comesFirst(head, other));
    queues.splice(at < 0 ? queues.length : at, 0, queue);
  }
}

/** Whether a claim takes one before the other, both being of one project. */
export function comesFirst(one: QueuedJob, other: QueuedJob): boolean {
  if (one.priority !== other.priority) return one.priority < other.priority;
  if (one.run_at !== other.run_at) return one.run_at < other.run_at;
  return one.id < other.id;
}
