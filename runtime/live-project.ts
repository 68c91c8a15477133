import type { JobLimits, TextsByLanguage } from '../sandbox/types.ts';
import type { TaskSpec, TriggerSpec } from './project/manifest.ts';
import type { LoadedProject } from './store/project-store.ts';

/**
 * A project as jobs see it: one frozen view per change, so that a job works on what was true when it started.
 * Built by the catalog from what the store holds.
 */
export interface LiveProject extends LoadedProject {
  /** Effective values: set on the server, else the manifest's. */
  readonly values: Readonly<Record<string, string>>;
  /** English ones, else the first of their key. */
  readonly texts: Readonly<Record<string, string>>;
  /** By language as `languageKey` writes it, then by key; undefined when all are of one language. */
  readonly textsByLanguage: TextsByLanguage | undefined;
  /** URLs of webhook triggers by name. */
  readonly webhooks: Readonly<Record<string, string>>;
  /** Opened secrets; never leaves the server process except to this project's vault runner. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly triggersByName: ReadonlyMap<string, LiveTrigger>;
}

export interface LiveTrigger {
  readonly spec: TriggerSpec;
  readonly task: TaskSpec;
  /** Of its jobs. */
  readonly limits: JobLimits;
  /** False when the trigger, its task or its project is switched off. */
  readonly active: boolean;
  readonly hook: string | null;
  /** First run of a cron trigger, set on the server. */
  readonly next: number | null;
}
