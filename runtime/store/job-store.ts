import type { JobStatus, TriggerType } from '../words.ts';
import type { HookWrite } from './hook-store.ts';
import type { LedgerWrite } from './ledger-store.ts';
import type { LogWrite } from './log-store.ts';
import type { Page, PageRequest } from './page.ts';
import type { ReadTerms } from './read-terms.ts';

export interface JobRow {
  /** UUID version 7: ids sort by creation. */
  readonly id: string;
  readonly project_id: string;
  readonly project: string;
  readonly task: string;
  readonly trigger: string;
  readonly trigger_type: TriggerType;
  /** Name of the function in the task's code. */
  readonly function: string;
  readonly status: JobStatus;
  /** Of itself and its sub-jobs. */
  readonly overall: JobStatus;
  /** Counted from 1 once it has started; 0 before. */
  readonly attempt: number;
  readonly max_attempts: number;
  readonly priority: number;
  readonly created_at: number;
  readonly planned_at: number | null;
  /** Not before this time. */
  readonly run_at: number;
  readonly started_at: number | null;
  readonly finished_at: number | null;
  readonly cpu_ms: number | null;
  /** Of the project; null until it starts. */
  readonly version: number | null;
  /** JSON texts, masked. */
  readonly user: string;
  readonly input: string | null;
  /** 1: `input` is what the job runs with, or ran with. 0: a copy that was masked or cut, or, being null, was not kept. */
  readonly input_whole: 0 | 1;
  /**
   * Of a sub-job: the list of arguments that its function is called with, as `sub-job-args.ts` writes it; null when
   * `input_whole` is 0. Of a webhook's own job that is queued: its request, sealed, until it ends; `input` is a copy for people.
   */
  readonly args: string | null;
  readonly result: string | null;
  readonly error: string | null;
  /** The job that added this one, which is then a sub-job. */
  readonly parent_id: string | null;
  /** Jobs above it: 0 unless it is a sub-job. */
  readonly depth: number;
  /** No two unfinished jobs of a project have the same one. */
  readonly identity_key: string | null;
  readonly description: string | null;
}

/** A job and what it wrote, to be committed together. */
export interface JobFinish {
  readonly job: JobRow;
  readonly logs: readonly LogWrite[];
  readonly ledger: readonly LedgerWrite[];
  /** Jobs that it added, to be queued; one whose identity key an unfinished job of the project has is left out. */
  readonly subJobs?: readonly JobRow[];
  /** Of a webhook that checks its callers: what is kept of the request. */
  readonly hook?: HookWrite;
}

/** In every filter times are `from` on and before `to`. */
export interface JobFilter {
  readonly project?: string | undefined;
  readonly task?: string | undefined;
  readonly trigger?: string | undefined;
  readonly status?: JobStatus | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** What a claim reads of a queued job before it takes it. */
export type QueuedJob = Pick<JobRow, 'id' | 'project_id' | 'project' | 'task' | 'priority' | 'run_at'>;

/** The places that a claim may fill; it uses them up while it picks its jobs. Synchronous, and without a trace elsewhere. */
export interface FreePlaces {
  /** In all. */
  readonly left: number;
  /** Places that the project's jobs have. */
  heldBy(projectId: string): number;
  /** False when the job's task or project may not start another one. */
  mayStart(job: Pick<QueuedJob, 'project_id' | 'project' | 'task'>): boolean;
  take(job: Pick<QueuedJob, 'project_id' | 'project' | 'task'>): void;
  /** How many queued jobs of the job's task may run beside each other, whichever processes run them. */
  mostOf(job: Pick<QueuedJob, 'project_id' | 'project' | 'task'>): number;
}

/** What a claim took. */
export interface Claimed {
  readonly jobs: readonly JobRow[];
  /** It did not look at all that is due, so that another one may find something at once. */
  readonly more: boolean;
  /** It may have taken others of which nothing was heard: strays, if it did. */
  readonly lost: boolean;
}

/** A job that goes back to the queue, as it was claimed. */
export interface JobRequeue {
  readonly job: Pick<JobRow, 'id' | 'attempt' | 'started_at'>;
  /** Not before this time. */
  readonly runAt: number;
  /** The attempt does not count. */
  readonly uncounted: boolean;
  /** Its lines that are not in the store yet. */
  readonly logs: readonly LogWrite[];
}

/**
 * Jobs that are not finished, and those that are. A store is opened by one process, which claims through it. A
 * claim is worth a lease, and what the process then says of the job counts only while that claim holds: once a lease has ended another
 * process may have taken the job, and finished it, or this one may have claimed it again. A claim is told by the process, the attempt
 * and the time of the start, since an attempt that was taken back is counted again.
 */
export interface JobStore {
  /** Inserts a job with status `queued`. */
  enqueueJob(job: JobRow): Promise<void>;
  /**
   * Takes as many queued jobs that are due as there are places, in one commit: each `running` with its attempt counted up,
   * started now, and leased to this process. The project that holds fewest places comes first, those it gets here counted;
   * then the lowest priority number, then run_at, then id. A shared store may take jobs that this process queued a moment ago
   * before it looks for those of others. `places` is asked for as often as the commit is tried. However
   * many processes claim at once, no more of a task's jobs run than `mostOf` says.
   */
  claimJobs(claim: {
    readonly now: number;
    readonly leaseUntil: number;
    places(): FreePlaces;
  }): Promise<Claimed>;
  /** When the next queued job will be due; null when none is queued. */
  nextJobAt(): Promise<number | null>;
  /**
   * Writes the final state of a job with its last log lines, ledger rows and sub-jobs. The jobs above it whose `overall` is
   * better than its own get that. False, and nothing is written, when it does not run by this claim any more;
   * a webhook's own job may also be new to the store.
   */
  finishJob(finish: JobFinish): Promise<boolean>;
  /** Makes a webhook's job visible while it runs, leased to this process; a later `finishJob` replaces it. */
  startJob(job: JobRow, logs: readonly LogWrite[], leaseUntil: number): Promise<void>;
  /**
   * Writes the final state of a job that nobody runs: false, and nothing is written, when it is not `queued` any more or
   * has begun another attempt since it was read.
   */
  finishQueuedJob(finish: JobFinish): Promise<boolean>;
  /**
   * Puts a job that runs back: `queued` again. False, and nothing is written, when it does not run by this claim any more.
   */
  requeueJob(requeue: JobRequeue): Promise<boolean>;
  /** Every job that this process holds is leased to it until then. One that was taken back stays so. */
  renewLeases(until: number): Promise<void>;
  /**
   * At the start of a process: what processes hold that are known to be dead. Where a store is one process's own all others
   * are; where many share it, those whose leases have ended. Queued triggers go back to `queued` (attempt not counted),
   * running webhooks whose caller waits become `crashed`. Returns the ids of the jobs given back.
   */
  takeBackJobs(now: number): Promise<readonly string[]>;
  /** The same for those jobs whose lease has ended, again and again. A process never takes its own jobs back. */
  takeBackExpired(now: number): Promise<readonly string[]>;
  /**
   * The same for those that this process holds in the store and nowhere else: it claimed them, and the answer was lost. `held` are the ids of
   * those that it knows of; what was started after `startedBefore` may still be on its way.
   */
  takeBackStrays(strays: {
    readonly held: readonly string[];
    readonly startedBefore: number;
    readonly now: number;
  }): Promise<readonly string[]>;
  /** Those of these jobs, claimed here, whose claim does not hold any more: they were taken back, have ended, or the claim was undone. */
  lostClaims(claims: readonly Pick<JobRow, 'id' | 'started_at'>[]): Promise<readonly string[]>;
  /** How many sub-jobs of the project are queued or running; counted up to `most`. */
  countSubJobs(projectId: string, most: number): Promise<number>;
  getJob(id: string): Promise<(JobRow & { readonly children: readonly string[] }) | undefined>;
  /** Newest first. */
  listJobs(filter: JobFilter, page: PageRequest, terms?: ReadTerms): Promise<Page<JobRow>>;
}
