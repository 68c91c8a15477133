import { placelessError } from '../../sandbox/job/job-error.ts';
import type { Encoded, JobUser, Outcome } from '../../sandbox/types.ts';
import { decode } from '../../sandbox/wire/decode.ts';
import { encode } from '../../sandbox/wire/encode.ts';
import type { LiveProject, LiveTrigger } from '../live-project.ts';
import { newJob, PRIORITY } from '../new-job.ts';
import { maxAttempts } from '../retry.ts';
import type { JobRow } from '../store/job-store.ts';
import type { Store } from '../store/store.ts';
import { showable } from '../stored-json.ts';
import { writeArgs } from './sub-job-args.ts';
import { readOptions, type SubJobOptions } from './sub-job-options.ts';

/** Of one job. */
const MOST_SUB_JOBS = 1000;
/** Sub-jobs of sub-jobs of ...: a loop ends here. */
const DEEPEST = 100;
/** Queued or running in one project. */
const MOST_OF_PROJECT = 50_000;
/** Of the arguments of one sub-job, and of all of one job, in bytes. */
const LARGEST_ARGS = 1024 * 1024;
const MOST_BYTES = 8 * 1024 * 1024;

const NOTHING = encode(undefined);

interface Added {
  readonly name: string;
  readonly options: SubJobOptions;
  readonly input: string;
  readonly args: string;
}

export interface Parent {
  readonly job: JobRow;
  readonly live: LiveProject;
  readonly trigger: LiveTrigger;
}

/**
 * What one attempt adds by `add_job`. It is kept here until the attempt has succeeded, and forgotten when it has not:
 *
 *     open -> closed    the attempt is over; `rows` are committed with its final state
 *          -> over      more than a job may add: the attempt ends as limit_exceeded, and nothing is committed
 */
export class SubJobs {
  readonly #parent: Parent;
  readonly #added: Added[] = [];
  #bytes = 0;
  #over: string | undefined;
  #closed = false;

  constructor(parent: Parent) {
    this.#parent = parent;
  }

  /** Takes a call of `add_job`: its function's name, options and list of arguments. Throws a TypeError or RangeError for the caller. */
  add(call: Encoded): Encoded {
    if (this.#closed) return NOTHING;
    const sent = decode(call);
    const [name, options, args]: readonly unknown[] = Array.isArray(sent) ? sent : [];
    const added = {
      name: this.#functionNamed(name),
      options: readOptions(options, PRIORITY, Date.now()),
      ...writtenArgs(args),
    };
    this.#bytes += added.args.length;
    const problem = this.#problem();
    if (problem !== undefined) {
      this.#over = problem;
      throw new RangeError(problem);
    }
    this.#added.push(added);
    return NOTHING;
  }

  /** Nothing is taken any more. */
  close(): void {
    this.#closed = true;
  }

  /** The outcome, or that a limit of sub-jobs was met. */
  async judge(outcome: Outcome, store: Pick<Store, 'countSubJobs'>): Promise<Outcome> {
    const problem = this.#over ?? (await this.#noRoom(outcome, store));
    if (problem === undefined || (outcome.status !== 'done' && outcome.status !== 'failed')) return outcome;
    const error = placelessError('LimitExceeded', problem, 'sub_jobs');
    return { status: 'limit_exceeded', error, cpuMs: outcome.cpuMs };
  }

  /** The jobs to be queued, made at `now`. */
  rows(now: number): readonly JobRow[] {
    const { job, live, trigger } = this.#parent;
    const user = JSON.parse(job.user) as JobUser;
    return this.#added.map(({ name, options, input, args }) => ({
      ...newJob(live, trigger, {
        now,
        user,
        input,
        maxAttempts: options.maxRetries ?? maxAttempts(trigger.task),
      }),
      args,
      function: name,
      priority: options.priority,
      planned_at: options.eta,
      run_at: Math.max(now, options.eta ?? now),
      parent_id: job.id,
      depth: job.depth + 1,
      identity_key: options.identityKey,
      description: options.description,
    }));
  }

  #functionNamed(name: unknown): string {
    const { live, trigger } = this.#parent;
    const { functions = [] } = live.version.program.tasks[trigger.task.code] ?? {};
    if (typeof name === 'string' && functions.includes(name)) return name;
    const there = functions.join(', ');
    throw new TypeError(
      `add_job takes a function of ${trigger.task.code}, or its name, and ${shortly(name)} is none. There are ${there}.`,
    );
  }

  #problem(): string | undefined {
    const { job } = this.#parent;
    if (job.depth >= DEEPEST) {
      return `Sub-jobs go ${DEEPEST} levels deep, and job ${job.id} is at the last one: it adds itself without end, or should give its work to several at once.`;
    }
    if (this.#added.length >= MOST_SUB_JOBS) {
      return `A job adds at most ${MOST_SUB_JOBS} sub-jobs. Give each more to do, or let sub-jobs add theirs.`;
    }
    if (this.#bytes > MOST_BYTES) {
      return `The arguments of a job's sub-jobs come to at most ${MOST_BYTES / 1024 ** 2} MB. Pass ids and let each read what it needs.`;
    }
    return undefined;
  }

  async #noRoom(outcome: Outcome, store: Pick<Store, 'countSubJobs'>): Promise<string | undefined> {
    if (outcome.status !== 'done' || this.#added.length === 0) return undefined;
    const { id, slug } = this.#parent.live.project;
    const there = await store.countSubJobs(id, MOST_OF_PROJECT);
    if (there + this.#added.length <= MOST_OF_PROJECT) return undefined;
    return `Project ${slug} has ${there} sub-jobs that have not ended; at most ${MOST_OF_PROJECT} may wait. Run the job again when there are fewer.`;
  }
}

const shortly = (name: unknown): string => `${JSON.stringify(name)}`.slice(0, 100);

/** `input` is for people, `args` is what the function gets. */
function writtenArgs(list: unknown): Pick<Added, 'input' | 'args'> {
  if (!Array.isArray(list)) throw new TypeError('The arguments of a sub-job are a list.');
  const args = writeArgs(encode(list, { name: 'arguments' }));
  if (args.length > LARGEST_ARGS) {
    const message = `The arguments of a sub-job come to at most ${LARGEST_ARGS / 1024 ** 2} MB. Pass ids and let it read what it needs.`;
    throw new RangeError(message);
  }
  return { input: JSON.stringify(showable(list)), args };
}
