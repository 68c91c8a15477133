import type { LogLevel, PackageBundle, Program } from '../../sandbox/types.ts';
import type { Manifest } from '../project/manifest.ts';
import type { JobStatus, Role, TriggerType } from '../words.ts';
import type { AuditStore } from './audit-store.ts';

/**
 * Where everything is kept. One contract, one conformance suite (`test/runtime/store/conformance.ts`), run on every
 * implementation. All times are milliseconds since 1970. Rows that come out are plain values.
 *
 * Every writing verb resolves when its rows are on disk, and not before; each call is atomic. Implementations may put
 * the calls of one tick into one transaction; when that transaction fails they are tried one by one, so that only the
 * culprit is rejected. Text that the database cannot hold (U+0000, lone surrogates) is stored as U+FFFD.
 */
export interface Store
  extends ProjectStore,
    SecretStore,
    JobStore,
    LogStore,
    LedgerStore,
    TokenStore,
    AuditStore {
  /** Ends writing, flushes what was accepted, closes the files. */
  close(): Promise<void>;
}

// ---- projects ---------------------------------------------------------------------------------------------------

export interface ProjectRow {
  /** Immutable; secrets are sealed for it. */
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly active: boolean;
  /** The number of the active version. */
  readonly version: number;
  readonly created_at: number;
  readonly updated_at: number;
}

export interface VersionRow {
  readonly project_id: string;
  readonly number: number;
  readonly created_at: number;
  /** Name of who deployed it. */
  readonly created_by: string;
  readonly files: Readonly<Record<string, string>>;
  readonly bundle: PackageBundle | null;
  readonly manifest: Manifest;
  readonly program: Program;
}
export type VersionSummary = Pick<VersionRow, 'project_id' | 'number' | 'created_at' | 'created_by'>;

export interface TriggerRow {
  readonly project_id: string;
  readonly name: string;
  readonly type: TriggerType;
  /** Set on the server; null means what the manifest says. */
  readonly active: boolean | null;
  /** Random part of the webhook's URL; null for other types. */
  readonly hook: string | null;
}

/** A project with all that is needed to run it. */
export interface LoadedProject {
  readonly project: ProjectRow;
  readonly version: VersionRow;
  readonly triggers: readonly TriggerRow[];
  /** Param values set on the server; they win over the manifest's. */
  readonly params: Readonly<Record<string, string>>;
}

export interface DeployWrite {
  readonly slug: string;
  readonly name: string;
  /** Initial value: used when the project is new. */
  readonly active: boolean;
  readonly by: string;
  readonly at: number;
  readonly files: Readonly<Record<string, string>>;
  readonly bundle: PackageBundle | null;
  readonly manifest: Manifest;
  readonly program: Program;
  /**
   * The triggers this version has. Those that exist keep their row (hook and state) when name and type are the same;
   * others are inserted with the `hook` given here; the ones not listed are removed.
   */
  readonly triggers: readonly {
    readonly name: string;
    readonly type: TriggerType;
    readonly hook: string | null;
  }[];
  /** The active version this deploy was judged against (0: no project); another one meanwhile: nothing is written, null is returned. */
  readonly expected_version: number;
}

export interface ProjectStore {
  /** Makes a new version and activates it; creates the project when the slug is new. */
  deploy(write: DeployWrite): Promise<LoadedProject | null>;
  listProjects(): Promise<readonly ProjectRow[]>;
  /** Undefined when there is none. */
  loadProject(slug: string): Promise<LoadedProject | undefined>;
  loadProjects(): Promise<readonly LoadedProject[]>;
  setProjectActive(projectId: string, active: boolean, at: number): Promise<void>;
  /** Removes the project with versions, triggers, values, secrets, jobs and logs. The ledger keeps its rows. */
  deleteProject(projectId: string): Promise<void>;
  listVersions(projectId: string): Promise<readonly VersionSummary[]>;
  getVersion(projectId: string, number: number): Promise<VersionRow | undefined>;
  setParam(projectId: string, key: string, value: string, at: number): Promise<void>;
  /** True when there was a value. */
  deleteParam(projectId: string, key: string): Promise<boolean>;
  setTriggerActive(projectId: string, name: string, active: boolean | null): Promise<void>;
  setTriggerHook(projectId: string, name: string, hook: string): Promise<void>;
}

// ---- secrets ----------------------------------------------------------------------------------------------------

/** A sealed value: the store never sees the plain one. Buffers are raw bytes. */
export interface SealedSecret {
  readonly project_id: string;
  readonly key: string;
  /** Of this secret, counted from 1; part of what is authenticated. */
  readonly version: number;
  readonly key_id: string;
  readonly iv: Uint8Array;
  readonly tag: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly set_at: number;
  readonly set_by: string;
}

export interface SecretStore {
  putSecret(secret: SealedSecret): Promise<void>;
  /** True when there was one. */
  deleteSecret(projectId: string, key: string): Promise<boolean>;
  listSecrets(projectId: string): Promise<readonly SealedSecret[]>;
}

// ---- jobs -------------------------------------------------------------------------------------------------------

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
  readonly result: string | null;
  readonly error: string | null;
  readonly parent_id: string | null;
}

/** A job and what it wrote, to be committed together. */
export interface JobFinish {
  readonly job: JobRow;
  readonly logs: readonly LogWrite[];
  readonly ledger: readonly LedgerWrite[];
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

/** `after`: cursor of the page before. */
export interface PageRequest {
  readonly limit: number;
  readonly after?: string | undefined;
}
export interface Page<Row> {
  readonly items: readonly Row[];
  /** Cursor of the next page; null at the end. */
  readonly next: string | null;
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
  /** Writes the final state of a job (new to the store for webhooks) with its last log lines and ledger rows. */
  finishJob(finish: JobFinish): Promise<void>;
  /** Makes a webhook's job visible while it runs; a later `finishJob` replaces it. */
  startJob(job: JobRow, logs: readonly LogWrite[]): Promise<void>;
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
  getJob(id: string): Promise<(JobRow & { readonly children: readonly string[] }) | undefined>;
  /** Newest first. */
  listJobs(filter: JobFilter, page: PageRequest): Promise<Page<JobRow>>;
}

// ---- logs -------------------------------------------------------------------------------------------------------

export interface LogWrite {
  readonly at: number;
  readonly level: LogLevel;
  readonly message: string;
  readonly project: string;
  readonly project_id: string;
  readonly task: string | null;
  readonly trigger: string | null;
  readonly job: string | null;
  readonly name: string;
}
export interface LogRow extends Omit<LogWrite, 'project_id'> {
  /** Grows with each line of the store. */
  readonly id: number;
}

export interface LogFilter {
  readonly project?: string | undefined;
  readonly task?: string | undefined;
  readonly trigger?: string | undefined;
  readonly job?: string | undefined;
  readonly level?: LogLevel | undefined;
  readonly min_level?: LogLevel | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** Text that the message contains, upper and lower case alike. */
  readonly q?: string | undefined;
}

export interface LogStore {
  appendLogs(lines: readonly LogWrite[]): Promise<void>;
  /** Newest first by `at`, those of one millisecond by id. */
  listLogs(filter: LogFilter, page: PageRequest): Promise<Page<LogRow>>;
  /** Calls back after each commit that added lines, with those lines in order. Returns the end of it. */
  watchLogs(listener: (lines: readonly LogRow[]) => void): () => void;
}

// ---- ledger -----------------------------------------------------------------------------------------------------

/** One thing that is about to leave, was refused, or was declared. Outcomes of requests are rows of their own. */
export interface LedgerWrite {
  readonly id: string;
  readonly at: number;
  readonly kind: 'request' | 'connection' | 'object' | 'declared' | 'webhook_answer' | 'outcome';
  readonly project: string;
  readonly task: string | null;
  readonly trigger: string | null;
  readonly job: string | null;
  readonly version: number | null;
  readonly user: string | null;
  readonly recipient: string;
  readonly method: string | null;
  readonly url: string | null;
  readonly bytes: number;
  readonly sha256: string | null;
  readonly excerpt: string | null;
  readonly status: number | null;
  /** Why it was refused; null when it was let through. */
  readonly blocked: string | null;
  readonly error: string | null;
  readonly received_bytes: number | null;
  readonly duration_ms: number | null;
  /** For an outcome: the id of the row it belongs to. */
  readonly of: string | null;
}

/** As read back: an outcome's status, error, received_bytes and duration_ms are joined into the row it belongs to. */
export interface LedgerRow extends Omit<LedgerWrite, 'kind' | 'of'> {
  readonly kind: Exclude<LedgerWrite['kind'], 'outcome'>;
  readonly chain: string;
  readonly seq: number;
  readonly previous_hash: string;
  readonly hash: string;
}

export interface LedgerFilter {
  readonly project?: string | undefined;
  readonly task?: string | undefined;
  readonly trigger?: string | undefined;
  readonly job?: string | undefined;
  readonly recipient?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

export interface LedgerStore {
  /** Links are made at commit: `seq` has no gaps and `hash` covers the row and the hash before it. */
  appendLedger(rows: readonly LedgerWrite[]): Promise<void>;
  /** Newest first by `at`; outcomes are joined, not listed. */
  listLedger(filter: LedgerFilter, page: PageRequest): Promise<Page<LedgerRow>>;
}

// ---- tokens -----------------------------------------------------------------------------------------------------

/** An API token; only the SHA-256 of its text is kept. */
export interface TokenRow {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly hash: string;
  readonly created_at: number;
  readonly created_by: string;
}

export interface TokenStore {
  putToken(token: TokenRow): Promise<void>;
  findToken(hash: string): Promise<TokenRow | undefined>;
  listTokens(): Promise<readonly TokenRow[]>;
  /** True when there was one. */
  deleteToken(id: string): Promise<boolean>;
}
