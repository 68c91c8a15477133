import { Tally } from './tally.ts';

/** Jobs of one project in the runners at once, and of all together. Most of them wait for an answer from somewhere. */
const MOST_OF_PROJECT = 256;
const MOST = 1024;

/**
 * Lets jobs into the runners: so many at once of each project, and so many of all. Those that wait are let in by project
 * in turn, within a project in order, so that one project's thousand jobs keep another's first one waiting for one job at
 * the most.
 */
export class Turnstile {
  readonly #mostOfProject: number;
  readonly #most: number;
  /** By project; the one whose turn comes next stands first. */
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #inside = new Tally();
  #total = 0;

  constructor(mostOfProject = MOST_OF_PROJECT, most = MOST) {
    this.#mostOfProject = mostOfProject;
    this.#most = most;
  }

  /** Calls `go` when the job may begin: now or later. Gives the function to call once when the job is over, begun or not. */
  enter(projectId: string, go: () => void): () => void {
    let inside = false;
    const begin = () => {
      inside = true;
      this.#count(projectId, 1);
      go();
    };
    if (this.#hasRoom(projectId)) begin();
    else this.#waitingOf(projectId).add(begin);
    return () => {
      if (!inside) return this.#stopWaiting(projectId, begin);
      this.#count(projectId, -1);
      this.#letIn();
    };
  }

  #hasRoom(projectId: string): boolean {
    return this.#total < this.#most && this.#inside.of(projectId) < this.#mostOfProject;
  }

  #letIn(): void {
    for (const [projectId, queue] of this.#waiting) {
      const [next] = queue;
      if (next === undefined || !this.#hasRoom(projectId)) continue;
      this.#stopWaiting(projectId, next);
      if (queue.size > 0) {
        this.#waiting.delete(projectId);
        this.#waiting.set(projectId, queue);
      }
      return next();
    }
  }

  #waitingOf(projectId: string): Set<() => void> {
    const queue = this.#waiting.get(projectId) ?? new Set();
    this.#waiting.set(projectId, queue);
    return queue;
  }

  #stopWaiting(projectId: string, begin: () => void): void {
    const queue = this.#waiting.get(projectId);
    queue?.delete(begin);
    if (queue?.size === 0) this.#waiting.delete(projectId);
  }

  #count(projectId: string, change: 1 | -1): void {
    this.#total += change;
    this.#inside.add(projectId, change);
  }
}
