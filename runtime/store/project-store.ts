import type { PackageBundle, Program } from '../../sandbox/types.ts';
import type { Manifest } from '../project/manifest.ts';
import type { TriggerType } from '../words.ts';
import type { ModelDeclaration } from './record-store.ts';

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
  /** First run of a cron trigger, set on the server; null means what the manifest says. */
  readonly next_at: number | null;
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
  /** What it says of records, in the place of what it said before. */
  readonly models: readonly ModelDeclaration[];
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
  /**
   * Makes a new version and activates it; creates the project when the slug is new. Throws `duplicate_values` (422) when a field is to
   * be unique whose values are not.
   */
  deploy(write: DeployWrite): Promise<LoadedProject | null>;
  listProjects(): Promise<readonly ProjectRow[]>;
  /** Undefined when there is none. */
  loadProject(slug: string): Promise<LoadedProject | undefined>;
  loadProjects(): Promise<readonly LoadedProject[]>;
  setProjectActive(projectId: string, active: boolean, at: number): Promise<void>;
  /**
   * Removes the project with versions, triggers, values, secrets, registers, links, jobs and logs. The ledger keeps its rows.
   * Links may go before the rest, as they are many: interrupted, it leaves a project that lacks some.
   */
  deleteProject(projectId: string): Promise<void>;
  listVersions(projectId: string): Promise<readonly VersionSummary[]>;
  getVersion(projectId: string, number: number): Promise<VersionRow | undefined>;
  setParam(projectId: string, key: string, value: string, at: number): Promise<void>;
  /** True when there was a value. */
  deleteParam(projectId: string, key: string): Promise<boolean>;
  setTriggerActive(projectId: string, name: string, active: boolean | null): Promise<void>;
  setTriggerNext(projectId: string, name: string, nextAt: number | null): Promise<void>;
  setTriggerHook(projectId: string, name: string, hook: string): Promise<void>;
}
