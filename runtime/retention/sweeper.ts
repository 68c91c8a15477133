import type { Catalog } from '../catalog.ts';
import type { Clock } from '../clock.ts';
import type { RetentionStore } from '../store/retention-store.ts';
import { Trouble } from '../trouble.ts';
import { Pace } from './pace.ts';
import { shrinkLogs } from './shrink-logs.ts';
import { sweepProject } from './sweep-project.ts';

const FIRST_MS = 60_000;
const EVERY_MS = 5 * 60_000;
/** Projects asked for at a time. */
const PROJECTS = 200;
/** Of the database file, given back to the disk at a time. */
const GIVEN_BACK = 1024 ** 2;
/** Left in the file for the rows that come next, which would only make it grow again. */
const SPARE = 1024 ** 2;
/** That old lines went for lack of room, or that rows could not go, is said once an hour. */
const TOLD_EVERY_MS = 3_600_000;

export interface SweeperDeps {
  readonly store: RetentionStore;
  readonly catalog: Pick<Catalog, 'get'>;
  readonly clock: Clock;
  /** What all log lines may count with, in bytes. */
  readonly maxLogBytes: number;
  /** Told to the operator. */
  report(message: string): void;
}

/**
 * Deletes what is older than each project keeps, then log lines that are too many, then gives the space back. One timer:
 *
 *     asleep -> (a minute after the start, then five minutes after each end) -> sweeping in small steps -> asleep
 *
 * A sweep that fails is told and begins again the next time: each step leaves everything as it should be.
 */
export class Sweeper {
  readonly #deps: SweeperDeps;
  readonly #pace = new Pace();
  readonly #trouble: Trouble;
  #sweep: Promise<void> = Promise.resolve();
  #toldAt = Number.NEGATIVE_INFINITY;
  #keptToldAt = Number.NEGATIVE_INFINITY;
  #stopTimer = () => {};

  constructor(deps: SweeperDeps) {
    this.#deps = deps;
    this.#trouble = new Trouble(deps.report);
  }

  start(): void {
    this.#sleep(FIRST_MS);
  }

  /** Resolves when the step under way is done; none follows. */
  async stop(): Promise<void> {
    this.#pace.stop();
    this.#stopTimer();
    await this.#sweep;
  }

  #sleep(ms: number): void {
    this.#stopTimer = this.#deps.clock.after(ms, () => {
      this.#sweep = this.#run();
    });
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    const { clock } = this.#deps;
    try {
      await this.#byAge();
      await this.#bySize();
      if (!this.#pace.stopped) await this.#deps.store.dropEmptyMonths(clock.now());
      await this.#giveSpaceBack();
      this.#trouble.went();
    } catch (error) {
      this.#trouble.failed('What is too old cannot be deleted', error);
    }
    if (!this.#pace.stopped) this.#sleep(EVERY_MS);
  }

  async #byAge(): Promise<void> {
    const { store, catalog, clock } = this.#deps;
    let after: string | null = null;
    for (;;) {
      const slugs: readonly string[] = await store.listKeptProjects(after, PROJECTS);
      for (const slug of slugs) {
        const keep = catalog.get(slug)?.version.manifest.keep;
        const kept = await sweepProject(store, this.#pace, slug, keep, clock.now());
        if (kept > 0) this.#tellKept(slug, kept);
      }
      after = slugs.at(-1) ?? null;
      if (slugs.length < PROJECTS || this.#pace.stopped) return;
    }
  }

  #tellKept(slug: string, kept: number): void {
    const now = this.#deps.clock.now();
    if (now - this.#keptToldAt < TOLD_EVERY_MS) return;
    this.#keptToldAt = now;
    this.#deps.report(
      `The ledger of project ${slug} has ${kept} old rows that are not as they were written. They were not removed: run \`sluice ledger verify\`.`,
    );
  }

  async #bySize(): Promise<void> {
    const { store, clock, maxLogBytes, report } = this.#deps;
    const now = clock.now();
    const cut = await shrinkLogs(store, this.#pace, maxLogBytes, now);
    if (cut === undefined || now - this.#toldAt < TOLD_EVERY_MS) return;
    this.#toldAt = now;
    const before = new Date(cut).toISOString();
    report(
      `Log lines take more than max_log_bytes (${maxLogBytes} bytes), so those before ${before} were deleted, of the projects that have most. Raise --max-log-bytes, log less, or let projects keep their lines for a shorter time (keep.logs).`,
    );
  }

  async #giveSpaceBack(): Promise<void> {
    const { store } = this.#deps;
    let given = 1;
    while (given > 0 && !this.#pace.stopped) {
      given = await this.#pace.step(() => store.giveSpaceBack(GIVEN_BACK, SPARE));
    }
  }
}
