import type { Diagnostic, HttpRequestData, PackageBundle, Pairs, Sandbox } from '../sandbox/types.ts';
import type { Clock } from './clock.ts';
import type { BegunConnection, ConnectionRequest } from './connections/begin.ts';
import type { ConnectionEnd, ConnectionReturn } from './connections/finish.ts';
import type { Records } from './env/records-of.ts';
import type { Keyring } from './keyring.ts';
import type { LiveProject } from './live-project.ts';
import type { JobRow } from './store/job-store.ts';
import type { LedgerReport } from './store/ledger-check/report.ts';
import type { ReadTerms } from './store/read-terms.ts';
import type { Store } from './store/store.ts';
import type { CheckedHook } from './triggers/checked-webhook.ts';
import type { Role } from './words.ts';

/** Who asks. `id` is null for the administrator's own token. */
export interface Actor {
  readonly id: string | null;
  readonly name: string;
  readonly login: string | null;
  readonly role: Role;
}

/** What the door sends back for a webhook. `body` is what was written to the ledger. */
export interface HookAnswer {
  readonly status: number;
  readonly headers: Pairs;
  readonly body: Uint8Array | string;
}

export interface Deployed {
  readonly project: LiveProject;
  readonly warnings: readonly Diagnostic[];
}

export interface RuntimeOptions {
  readonly store: Store;
  readonly sandbox: Sandbox;
  /** Opens and seals secrets; see `secrets.ts`. */
  readonly keyring: Keyring;
  /** Where hooks are reached, without a slash at the end. */
  readonly hookUrl: string;
  /** Where people reach the server, without a slash at the end; the same as `hookUrl` unless given. */
  readonly baseUrl?: string;
  /** True when hooks have an origin of their own; their answers may then set headers that touch the whole origin. */
  readonly ownOrigin?: boolean;
  /** What all records may take, in bytes. */
  readonly maxRecords?: number;
  /** How long one query of a job may take before it ends the job, in milliseconds; 5 s unless given. */
  readonly queryMs?: number;
  /** Where bodies of answers wait; the system's folder for temporary files unless given. */
  readonly spoolFolder?: string;
  /** What all log lines may count with, in bytes; 10 GB unless given. */
  readonly maxLogBytes?: number;
  /** Told what an operator should know; by default a line on standard error. */
  readonly report?: (message: string) => void;
  /** The store's own unless given. */
  readonly clock?: Clock;
  /** How long the jobs of a process that died wait for another one, in milliseconds; a minute unless given. */
  readonly leaseMs?: number;
  /** False: claims no queued jobs, and starts nothing by time. Webhooks run here all the same. */
  readonly work?: boolean;
}

/** The works as the door and the command line use them. */
export interface Runtime {
  readonly store: Store;
  /** Undefined when there is no such project. */
  project(slug: string): LiveProject | undefined;
  projects(): readonly LiveProject[];
  deploy(request: {
    readonly slug: string;
    readonly files: Readonly<Record<string, string>>;
    readonly bundle: PackageBundle | null;
    readonly actor: Actor;
  }): Promise<Deployed>;
  deleteProject(slug: string): Promise<void>;
  setProjectActive(slug: string, active: boolean): Promise<LiveProject>;
  /** A null value removes the value set on the server. */
  setParam(slug: string, key: string, value: string | null, actor: Actor): Promise<void>;
  setSecret(
    slug: string,
    key: string,
    value: string | null,
    actor: Actor,
  ): Promise<{ warning: string | null }>;
  /** Begins to connect a sealed secret to an OAuth 2 provider. Throws an AppError 404 or 409. */
  beginConnection(
    slug: string,
    key: string,
    request: ConnectionRequest,
    actor: Actor,
  ): Promise<BegunConnection>;
  /** Ends it: what the provider gave is the secret's value when this resolves with `connected`. */
  finishConnection(returned: ConnectionReturn): Promise<ConnectionEnd>;
  setTriggerActive(slug: string, name: string, active: boolean): Promise<LiveProject>;
  /** Sets when a cron trigger runs next, in milliseconds since 1970; null goes back to what its manifest says. */
  setTriggerNext(slug: string, name: string, next: number | null): Promise<LiveProject>;
  /** The next run of each cron trigger of a project, by name. */
  plannedRuns(slug: string): Promise<ReadonlyMap<string, number>>;
  /** The next planned runs of a cron trigger, at most `count`, in milliseconds since 1970. */
  previewCron(slug: string, name: string, count: number): Promise<readonly number[]>;
  rotateHook(slug: string, name: string): Promise<LiveProject>;
  /** Starts a job of a button, cron or db trigger; with `waitMs` answers when it has ended or the time is over, with the job as it is. */
  runTrigger(request: {
    readonly slug: string;
    readonly name: string;
    readonly data: unknown;
    readonly waitMs: number;
    readonly actor: Actor;
  }): Promise<JobRow>;
  /** Records of the embedded connection, as this person reads and writes them. */
  records(actor: Actor, terms?: ReadTerms): Records;
  /** Ends a job for good; resolves with it. Throws an AppError 404, or 409 when it has ended already. */
  cancelJob(id: string, actor: Actor): Promise<JobRow>;
  /** Runs a finished job of a queued trigger again, as a new job, which it returns. Throws an AppError 404 or 409. */
  retryJob(id: string, actor: Actor): Promise<JobRow>;
  /** Looks whether the ledger is as it was written, from a time on (in milliseconds since 1970) or as a whole. */
  verifyLedger(from: number | undefined, terms?: ReadTerms): Promise<LedgerReport>;
  /** The job as people may see it: secrets are masked also in the input of one that has not ended. */
  shownJob<Job extends JobRow>(job: Job): Job;
  /** Slug of the project whose active webhook has this secret path: a request for another one need not be read. */
  hookOwner(hook: string): string | undefined;
  /** What a webhook asks of its callers; undefined when it asks nothing, and `handleHook` takes it. */
  checkedHook(hook: string): CheckedHook | undefined;
  /** Gives a delivery that is kept to its handler again; resolves with the job. Throws an AppError 404 or 409. */
  redeliver(request: {
    readonly slug: string;
    readonly name: string;
    readonly id: string;
    readonly actor: Actor;
  }): Promise<JobRow>;
  /** Undefined when no active webhook has this secret path. Resolves once job, log and ledger rows are on disk. */
  handleHook(hook: string, request: HttpRequestData): Promise<HookAnswer | undefined>;
  /** Stops taking work, lets running jobs end within `graceMs`, gives the rest back, closes gate, sandbox and store. */
  stop(graceMs: number): Promise<void>;
}
