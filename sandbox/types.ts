import type { LogLevel } from './log-levels.ts';

/**
 * What the rooms above hand to the sandbox and what they get back. Plain frozen values only:
 * nothing here holds a socket, a database row or a live object of a realm.
 */

/** A value in the form in which it crosses between processes: see `wire/tagged-values.ts`. */
export interface Encoded {
  /** JSON text, with tags for what JSON cannot say. */
  readonly text: string;
  /** Raw bytes that the text refers to by index. */
  readonly tails: readonly Uint8Array[];
}

/** One line of a diagnosis that can be shown beside the author's own file. `line` and `column` count from 1; 0 means the whole file. */
export interface Diagnostic {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** Generated lines `line .. line + lines - 1` of a unit come from `file`, through `map` (a version 3 source map as JSON). */
export interface Segment {
  readonly file: string;
  readonly line: number;
  readonly lines: number;
  readonly map: string;
}

/**
 * Compiled code of one realm: the text of a function expression `($) => ...` that takes the capabilities of one
 * job by name and returns (or promises) its names: handlers of a task, exports of Protected Code.
 */
export interface Unit {
  readonly code: string;
  readonly segments: readonly Segment[];
}

/** Runs with Common Code inside it; `handlers` and `functions` are the top-level functions that a job may start. */
export interface TaskUnit extends Unit {
  readonly handlers: readonly string[];
  readonly functions: readonly string[];
  /** Names of Protected Code that the task or Common Code mentions. */
  readonly mentions: readonly string[];
}

/**
 * A name that Protected Code offers. `function`: callable. `functions`: a plain object of functions, `members` are their
 * names. `dynamic`: known only once the code has run (a constant, or an object built by a call).
 */
export interface ProtectedExport {
  readonly name: string;
  readonly kind: 'function' | 'functions' | 'dynamic';
  readonly members: readonly string[];
}

export interface ProtectedUnit extends Unit {
  readonly exports: readonly ProtectedExport[];
}

/** A project version, compiled. Kept with the version; `id` is the SHA-256 of what it was made from. */
export interface Program {
  readonly id: string;
  /** By the task's file, `tasks/a.ts`. */
  readonly tasks: Readonly<Record<string, TaskUnit>>;
  readonly protected: ProtectedUnit | null;
  /** Names that Common Code offers to tasks. */
  readonly common: readonly string[];
}

/** A package that went into a bundle. `integrity` is what npm installed it by; null when nothing of npm tells. */
export interface LockEntry {
  readonly name: string;
  readonly version: string;
  readonly integrity: string | null;
}

/** Packages bundled for Protected Code: by bare specifier, a self-contained ES module; and what it was made from. */
export interface PackageBundle {
  readonly modules: Readonly<Record<string, string>>;
  readonly lock: readonly LockEntry[];
}

/** A package that Protected Code imports, the names it takes, and the place of its first import. */
export interface PackageNeed {
  readonly specifier: string;
  readonly names: readonly string[];
  readonly place: Omit<Diagnostic, 'message'>;
}

export interface CompileRequest {
  /** `protected.ts`, `common.ts` and `tasks/*.ts` (or `.js`): name -> text. */
  readonly files: Readonly<Record<string, string>>;
  readonly bundle: PackageBundle | null;
}

export type CompileResult =
  | {
      readonly ok: true;
      readonly program: Program;
      readonly warnings: readonly Diagnostic[];
      /** Packages of the server, taken because the request had none. */
      readonly bundle?: PackageBundle;
    }
  | {
      readonly ok: false;
      readonly errors: readonly Diagnostic[];
      /** Packages that the bundle lacks, when nothing else is wrong with Protected Code. */
      readonly needs?: readonly PackageNeed[];
      /** Nothing was looked at, because too many others wait. */
      readonly busy?: boolean;
    };

/** A project whose types are to be checked. */
export interface TypeCheckRequest {
  /** Files of code as the author wrote them: name -> text. Only these are reported on. */
  readonly files: Readonly<Record<string, string>>;
  /** What stands around them: declarations, `tsconfig.json` and `.sluice/tsconfig.<kind>.json`. */
  readonly typeFiles: Readonly<Record<string, string>>;
  /** A `node_modules` folder to take types of packages from: for code of one's own only, whose imports may then read any file. */
  readonly packages?: string;
}

export type { LogLevel };

/** One line written by a job. `at` is milliseconds since 1970; `name` says which code wrote it. */
export interface JobLogLine {
  readonly at: number;
  readonly level: LogLevel;
  readonly message: string;
  readonly name: 'task' | 'protected' | 'sluice';
  /** Of the line that tells of lines which were over the limits: how many. */
  readonly dropped?: number;
}

export interface JobUser {
  readonly id: string | null;
  readonly name: string;
  readonly login: string | null;
  readonly role: 'user' | 'developer' | 'manager' | null;
}

/** Every limit of one job. Times in milliseconds, sizes in bytes. */
export interface JobLimits {
  readonly timeoutMs: number;
  readonly cpuMs: number;
  readonly memoryBytes: number;
  readonly logLines: number;
  readonly logBytes: number;
  readonly resultBytes: number;
  readonly messageBytes: number;
  /** Calls of capabilities and of Protected Code, over the whole job. */
  readonly calls: number;
}

/** Texts by language, as `languageKey` writes it, then by key. */
export type TextsByLanguage = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Plain values that become capabilities of the job under these names. */
export interface JobContext {
  readonly params: Readonly<Record<string, string>>;
  readonly texts: Readonly<Record<string, string>>;
  /** For `texts_in`; undefined when the project has no languages to choose. */
  readonly textsByLanguage?: TextsByLanguage | undefined;
  readonly webhooks: Readonly<Record<string, string>>;
  readonly triggerName: string;
  readonly user: JobUser;
  readonly job: { readonly id: string; readonly attempt: number; readonly trigger: string };
}

/** Everything the sandbox needs to run one attempt of one job. */
export interface JobOrder {
  readonly jobId: string;
  /** Immutable project id: a runner that holds secrets holds those of one project. */
  readonly projectId: string;
  /** Of the project. A new one begins with a clean slate, be its code the same. */
  readonly version: number;
  readonly program: Program;
  /** The task's file. */
  readonly task: string;
  readonly handler: string;
  /** One argument of the handler, encoded; for `handle_webhook` an `HttpRequestData`; for a sub-job the list of its arguments. */
  readonly input: Encoded;
  /** `handler` is any function of the task. */
  readonly isSubJob?: boolean;
  readonly context: JobContext;
  readonly limits: JobLimits;
  /** Which code of the job gets a realm to itself, not hardened: `realm: own`. */
  readonly ownRealm: { readonly task: boolean; readonly protected: boolean };
  /** In a runner of its own: it was interrupted before, and may have been the cause. */
  readonly alone?: boolean;
}

/** Names and values in the order in which they came; a name may be there more than once. */
export type Pairs = readonly (readonly [string, string])[];

/** What `handle_webhook` is given, before its methods are put on. Lists keep every value in order. */
export interface HttpRequestData {
  readonly method: string;
  readonly url: string;
  readonly path: string;
  readonly args: Pairs;
  readonly form: Pairs;
  readonly files: readonly {
    readonly name: string;
    readonly filename: string;
    readonly content_type: string;
    readonly bytes: Uint8Array;
  }[];
  readonly cookies: Pairs;
  readonly headers: Pairs;
  readonly data: Uint8Array;
  readonly remote_addr: string;
}

/** What a webhook handler returned: a `Response` taken apart, or any other plain value. */
export type WebhookResult =
  | {
      readonly type: 'response';
      readonly status: number;
      readonly headers: Pairs;
      readonly body: Uint8Array;
    }
  | { readonly type: 'value'; readonly value: unknown };

/**
 * What the job asks of the works while it runs. Each is called for this job alone; a rejection becomes an error in the
 * job's own code (its `name` and `message` cross, masked; nothing else does).
 */
export interface JobHooks {
  log(line: JobLogLine): void;
  /** A capability call of Protected Code or of a task, by name (`fetch`, `log_outgoing_data`, ...), with encoded arguments. */
  call(operation: string, args: Encoded, from: 'task' | 'protected'): Promise<Encoded>;
  /** The project's secrets, as Protected Code sees them; asked for at the job's first protected call and never before. */
  secrets(): Readonly<Record<string, string>>;
  /** Replaces secret values in text that Protected Code wrote. `cut`: its end is missing, maybe in the middle of one. */
  mask(text: string, cut?: boolean): string;
  /** Why a value with which Protected Code answers may not be handed over, in one sentence; undefined when it may. */
  withheld?(value: Encoded): Promise<string | undefined> | undefined;
}

/** `limit` names what was exceeded; `file`, `line` and `column` are the author's; `stack` is mapped back to the author's files. */
export interface JobError {
  readonly name: string;
  readonly message: string;
  readonly limit: 'cpu' | 'memory' | 'result' | 'messages' | 'calls' | 'sub_jobs' | 'query' | null;
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
  readonly stack: string | null;
}

/** How one attempt ended. A failure of the author's code is a value here, never an exception. */
export type Outcome =
  | { readonly status: 'done'; readonly result: Encoded; readonly cpuMs: number }
  | FailedOutcome;

export interface FailedOutcome {
  readonly status: 'failed' | 'timed_out' | 'limit_exceeded' | 'crashed' | 'cancelled';
  readonly error: JobError;
  readonly cpuMs: number;
  /** Crashed, and not by its own fault as far as is known: it may be run again. */
  readonly interrupted?: boolean;
  /** Crashed without having begun: its task is not started before then, in milliseconds since 1970. */
  readonly notBefore?: number;
}

export interface RunningJob {
  readonly outcome: Promise<Outcome>;
  /** Ends the job at once; its outcome is `cancelled` with this sentence. */
  cancel(reason: string): void;
}

/** The sealed rooms as the works see them. */
export interface Sandbox {
  run(order: JobOrder, hooks: JobHooks): RunningJob;
  /** `project`: whose turn it takes among those that wait. */
  compile(request: CompileRequest, project?: string): Promise<CompileResult>;
  /** What is wrong with the types of a compiled program; nothing when types cannot be checked here. */
  checkTypes(program: Program, request: TypeCheckRequest): Promise<readonly Diagnostic[]>;
  /** Resolves when a runner is warm. */
  ready(): Promise<void>;
  /** Ends every child; running jobs are cancelled. */
  stop(): Promise<void>;
}
