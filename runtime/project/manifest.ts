import type { ModelDeclaration } from '../store/record-store.ts';
import type { TriggerType } from '../words.ts';
import type { WebhookTrigger } from './webhook-spec.ts';

/**
 * `project.yaml`, checked and with defaults filled in. Durations are milliseconds, sizes are bytes.
 * What the file means is said in docs/project.md.
 */
export interface Manifest {
  readonly name: string;
  readonly slug: string;
  readonly active: boolean;
  readonly env: string;
  readonly params: readonly ParamSpec[];
  readonly texts: readonly TextSpec[];
  readonly secrets: readonly SecretSpec[];
  readonly egress: EgressSpec;
  readonly limits: LimitSpec;
  readonly keep: KeepSpec;
  readonly realm: 'hardened' | 'own';
  readonly shared_packages: readonly string[];
  /** What it says of records; other projects may say more of the same models. */
  readonly models: readonly ModelDeclaration[];
  readonly tasks: readonly TaskSpec[];
}

export interface ParamSpec {
  readonly key: string;
  readonly value: string;
  readonly description: string;
  readonly url: string;
  readonly manager: boolean;
}

export interface TextSpec {
  readonly key: string;
  readonly value: string;
  readonly lang: string;
}

export interface SecretSpec {
  readonly key: string;
  readonly description: string;
  readonly sealed: boolean;
  readonly hosts: readonly HostPattern[];
  readonly in: readonly ('header' | 'url' | 'body')[];
}

/** `api.example.org`, `*.example.org`, `127.0.0.1:8069`, or the host of the URL in a param. */
export type HostPattern = string | { readonly param: string };

/** What an entry of `egress.allow` may say beside the host. What is left out is not bounded. */
export interface EgressTerms {
  /** In capitals. */
  readonly methods?: readonly string[];
  /** `/v1/*`, `/files/**`: see `gate/path-readings.ts`. */
  readonly paths?: readonly string[];
  readonly rate?: RateSpec;
}

/** At most `limit` requests begin within any `per` milliseconds. */
export interface RateSpec {
  readonly limit: number;
  readonly per: number;
}

/** A host, or a map that says more about it. */
export type EgressEntry = string | (EgressTerms & ({ readonly host: string } | { readonly param: string }));

export interface EgressSpec {
  readonly allow: readonly EgressEntry[];
  readonly allow_private: readonly string[];
}

/** Null means the instance's default. */
export interface LimitSpec {
  readonly timeout: number | null;
  readonly cpu: number | null;
  readonly memory: number | null;
  readonly concurrency: number | null;
}

export interface KeepSpec {
  readonly jobs: number;
  readonly logs: number;
  readonly ledger: number;
  readonly input: 'all' | 'failed' | 'none';
  /** Of what left, in rows of the ledger. Undefined in a version that was deployed before it existed. */
  readonly excerpt?: 'all' | 'none';
}

export interface TaskSpec {
  readonly name: string;
  /** The task's file, `tasks/<name>.ts` or `.js`. */
  readonly code: string;
  readonly active: boolean;
  readonly realm: 'hardened' | 'own';
  readonly limits: LimitSpec;
  readonly retry: { readonly attempts: number; readonly backoff: readonly number[] } | null;
  readonly triggers: readonly TriggerSpec[];
}

export interface TriggerBase {
  readonly name: string;
  readonly type: TriggerType;
  readonly active: boolean;
}
export interface ButtonTrigger extends TriggerBase {
  readonly type: 'button';
  readonly data: unknown;
}
export interface CronTrigger extends TriggerBase {
  readonly type: 'cron';
  /** An interval in milliseconds, or null when `cron` is given. */
  readonly every: number | null;
  readonly cron: string | null;
  readonly timezone: string | null;
  /** What becomes of ticks that came while the server was not there. */
  readonly missed: 'run_once' | 'skip';
  /** First run, ISO 8601 in UTC. */
  readonly next: string | null;
  readonly user: string | null;
}
export interface DbTrigger extends TriggerBase {
  readonly type: 'db';
  readonly model: string;
  readonly on: 'create' | 'update' | 'create_or_update' | 'delete' | 'time';
  readonly apply_on: unknown;
  readonly before_update: unknown;
  readonly watched_fields: readonly string[];
  readonly field: string | null;
  readonly delay: number | null;
  readonly direction: 'before' | 'after' | null;
}
export type TriggerSpec = WebhookTrigger | ButtonTrigger | CronTrigger | DbTrigger;
