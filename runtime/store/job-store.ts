import type { JobStatus, TriggerType } from '../words.ts';
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
  /** Of a sub-job: the list of arguments that its function is called with, as `sub-job-args.ts` writes it. Null when `input_whole` is 0. */
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

/** The queue of one task. */
export type TaskQueue = Pick<JobRow, 'project_id' | 'task'>;

/** How many jobs of a project the claiming process runs; `full`: it may not start another one. */
export interface HeldPlaces {
  readonly project_id: string;
  readonly jobs: number;
  readonly full: boolean;
}

export interface JobStore {
  /** Inserts a job with status `queued`. */
  enqueueJob(job: JobRow): Promise<void>;
  /**
   * Takes the best queued job that is due, sets it `running` with the attempt counted up, started now, and a lease for
   * `holder`. `full` lists tasks that may not start another one, `held` the projects that run jobs already. The project
   * that runs fewest comes first; then the lowest priority number, then run_at, then id. Undefined when nothing is due.
   */
  claimJob(claim: {
    readonly holder: string;
    readonly now: number;
    readonly leaseUntil: number;
    readonly full: readonly TaskQueue[];
    readonly held: readonly HeldPlaces[];
  }): Promise<JobRow | undefined>;
  /** When the next queued job will be due; null when none is queued. */
  nextJobAt(): Promise<number | null>;
  /**
   * Writes the final state of a job (new to the store for webhooks) with its last log lines, ledger rows and sub-jobs. The jobs
   * above it whose `overall` is better than its own get that.
   */
  finishJob(finish: JobFinish): Promise<void>;
  /** Makes a webhook's job visible while it runs; a later `finishJob` replaces it. */
  startJob(job: JobRow, logs: readonly LogWrite[]): Promise<void>;
  /**
   * Writes the final state of a job that nobody runs: false, and nothing is written, when it is not `queued` any more or
   * has begun another attempt since it was read.
   */
  finishQueuedJob(finish: JobFinish): Promise<boolean>;
  /**
   * Puts a running job back: `queued` again, due at `runAt`, the attempt not counted when `uncounted`. One that is not
   * running any more stays as it is.
   */
  requeueJob(id: string, runAt: number, uncounted: boolean): Promise<void>;
  /**
   * What another process of this store held when it died: queued triggers go back to `queued` (attempt not counted),
   * running webhooks become `crashed`. Returns the ids of the jobs given back.
   */
  takeBackJobs(now: number): Promise<readonly string[]>;
  /** How many sub-jobs of the project are queued or running; counted up to `most`. */
  countSubJobs(projectId: string, most: number): Promise<number>;
  getJob(id: string): Promise<(JobRow & { readonly children: readonly string[] }) | undefined>;
  /** Newest first. */
  listJobs(filter: JobFilter, page: PageRequest, terms?: ReadTerms): Promise<Page<JobRow>>;
}
