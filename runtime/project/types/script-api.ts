/** Declarations of what all code of a project finds in scope, beside the web standards: docs/script-api.md. */
export const SCRIPT_API = `
type LogLevel = 'debug' | 'info' | 'warning' | 'error' | 'critical';
declare const LOG_DEBUG: 'debug';
declare const LOG_INFO: 'info';
declare const LOG_WARNING: 'warning';
declare const LOG_ERROR: 'error';
declare const LOG_CRITICAL: 'critical';
/** Writes a line to the log of the job: text as it is, other values as JSON. */
declare function log(message: unknown, level?: LogLevel): void;

/** Whose action started the job; a webhook has no id, login and role. */
declare const user: {
  readonly id: string | null;
  readonly name: string;
  readonly login: string | null;
  readonly role: 'user' | 'developer' | 'manager' | null;
};
declare const job: {
  readonly id: string;
  /** Counted from 1. */
  readonly attempt: number;
  /** Name of the trigger. */
  readonly trigger: string;
};

/** What a sub-job may be told. */
interface SubJobOptions {
  /** 0 goes first; 10 unless given. */
  readonly priority?: number;
  /** Not before: a Date, a time like "2026-12-01T02:00:00Z", or a number of seconds from now. */
  readonly eta?: Date | string | number;
  /** Attempts in all, 0: without end; as the task says unless given. */
  readonly max_retries?: number;
  /** Left out while an unfinished job of the project has the same key. */
  readonly identity_key?: string;
  readonly description?: string;
}
/** \`await add_job(fn)(...args)\`: queues a function of the task's top level, once this job has succeeded. */
declare function add_job<Args extends unknown[]>(
  fn: (...args: Args) => unknown,
  options?: SubJobOptions,
): (...args: Args) => Promise<void>;
declare function add_job(name: string, options?: SubJobOptions): (...args: unknown[]) => Promise<void>;

/** JSON, with the names that Python has for it too. */
declare const json: Pick<JSON, 'parse' | 'stringify'> & {
  loads(text: string): any;
  dumps(value: unknown): string;
};

/** Something the user did; the message is for them. */
declare class UserError extends Error {}
/** Data that does not fit. */
declare class ValidationError extends Error {}
/** Ends the attempt; a queued job is tried again later, from the start. */
declare class RetryableJobError extends Error {}

/**
 * Durable maps of the project, with plain data as values. A write for a version that is no longer there rejects with an
 * error named "ConflictError". Names that begin with "_" are for Protected Code only.
 */
declare const registers: {
  get(name: string, key: string): Promise<{ value: any; version: number } | null>;
  /** The new version. \`if_version\`: only if the key has it; 0 or null: only if there is none. */
  set(name: string, key: string, value: unknown, options?: { if_version?: number | null }): Promise<number>;
  /** Whether there was one. */
  delete(name: string, key: string, options?: { if_version?: number | null }): Promise<boolean>;
  /** By key, up to 1000; \`after\`: the last key seen. */
  entries(
    name: string,
    options?: { prefix?: string; limit?: number; after?: string },
  ): Promise<{ key: string; value: any; version: number }[]>;
  /** Adds to a number, 0 when there is none, and resolves with the sum. No other write comes between. */
  increment(name: string, key: string, by?: number): Promise<number>;
};

/** Text as UTF-8, or bytes, in base64. */
declare function b64encode(data: string | ArrayBuffer | ArrayBufferView): string;
declare function b64decode(text: string): Uint8Array<ArrayBuffer>;
declare function html2plaintext(html: string): string;

/** What handle_webhook is given. */
interface HttpRequest {
  readonly method: string;
  readonly url: string;
  /** Behind the address of the webhook, with its slash, or "". */
  readonly path: string;
  /** First values by name; all of a name: \`list("args", name)\`. */
  readonly args: Readonly<Record<string, string | undefined>>;
  readonly form: Readonly<Record<string, string | undefined>>;
  readonly cookies: Readonly<Record<string, string | undefined>>;
  readonly files: Readonly<Record<string, UploadedFile | undefined>>;
  readonly headers: Iterable<[string, string]> & {
    /** Upper and lower case are the same. */
    get(name: string): string | null;
    has(name: string): boolean;
  };
  readonly data: Uint8Array<ArrayBuffer>;
  readonly remote_addr: string;
  list(kind: 'args' | 'form' | 'cookies', name: string): string[];
  list(kind: 'files', name: string): UploadedFile[];
  text(): string;
  json(): any;
}

interface UploadedFile {
  /** As the caller sent it: never a path. */
  readonly filename: string;
  readonly content_type: string;
  readonly size: number;
  bytes(): Uint8Array<ArrayBuffer>;
}

type HttpHeaders = readonly (readonly [string, string])[] | Readonly<Record<string, string>>;
/** What handle_webhook may return; nothing is answered with "OK", other values with JSON. */
type WebhookAnswer =
  | undefined
  | null
  | string
  | Uint8Array
  | ArrayBuffer
  | Response
  | readonly [data: unknown, status: number]
  | readonly [data: unknown, headers: HttpHeaders]
  | readonly [data: unknown, status: number, headers: HttpHeaders]
  | { readonly status?: number; readonly headers?: HttpHeaders; readonly body: unknown }
  | object;
`;
