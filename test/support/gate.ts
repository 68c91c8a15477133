import { createGate, type GateOptions } from '../../runtime/gate/create-gate.ts';
import type { Dialled, DialPlace } from '../../runtime/gate/dialled.ts';
import type { FetchResult, KeptBody } from '../../runtime/gate/fetch.ts';
import type { Gate, JobOrigin } from '../../runtime/gate/gate.ts';
import { SPOOL_LIMITS } from '../../runtime/gate/limits.ts';
import type { LiveProject } from '../../runtime/live-project.ts';
import { liveView } from '../../runtime/live-view.ts';
import type { EgressSpec, SecretSpec } from '../../runtime/project/manifest.ts';
import { createSeals } from '../../runtime/sealed/seals.ts';
import type { LedgerRow } from '../../runtime/store/ledger-store.ts';
import type { Store } from '../../runtime/store/store.ts';
import { decode } from '../../sandbox/wire/decode.ts';
import { encode } from '../../sandbox/wire/encode.ts';
import { deployWrite, MID_MONTH, PROJECT_ID } from './rows.ts';
import { openTestStore } from './store.ts';

export interface TestGate extends AsyncDisposable {
  readonly gate: Gate;
  readonly store: Store;
  /** Its data directory. */
  readonly dir: string;
  /** As Protected Code of its one job sees them. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Its project, for origins of other jobs. */
  readonly project: LiveProject;
  /** `fetch` as Protected Code of this gate's project calls it; options that are not given are those of a plain GET. The body is read. */
  fetch(url: string, options?: FetchOptions, origin?: Partial<JobOrigin>): Promise<ReadResult>;
  /** The same without reading a body that did not come with its answer. */
  fetchUnread(url: string, options?: FetchOptions, origin?: Partial<JobOrigin>): Promise<FetchResult>;
  call(operation: string, args: unknown, origin?: Partial<JobOrigin>): Promise<unknown>;
  dial(place: DialPlace, origin?: Partial<JobOrigin>): Promise<Dialled>;
  /** The ledger, oldest first. */
  rows(): Promise<readonly LedgerRow[]>;
}

export interface ReadResult extends FetchResult {
  readonly body: Uint8Array;
}

/** The handle of a body that did not come with its answer; fails the test when it did. */
export function keptBody({ body }: FetchResult): KeptBody {
  if (body instanceof Uint8Array) throw new Error(`expected a handle, got ${body.byteLength} bytes`);
  return body;
}

export interface FetchOptions {
  readonly method?: unknown;
  readonly headers?: unknown;
  readonly body?: unknown;
  readonly redirect?: unknown;
  readonly sign?: unknown;
  readonly abort?: unknown;
}

/** What the manifest says of sealed secrets, by key; the others are not sealed. */
export type SealedSpecs = Readonly<Record<string, Partial<Pick<SecretSpec, 'hosts' | 'in'>>>>;

export interface TestGateOptions extends Partial<GateOptions> {
  readonly egress?: Partial<EgressSpec>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly sealed?: SealedSpecs;
  readonly params?: Readonly<Record<string, string>>;
}

/** What a script can read: no test needs more, and bodies without an end end sooner. */
const SOON_ENOUGH = { ...SPOOL_LIMITS, body: 16 * 1024 * 1024 };

/** A gate with a real store, and one project. */
export function openTestGate(options: TestGateOptions = {}): TestGate {
  const opened = openTestStore();
  const { egress, secrets, sealed, params, ...gateOptions } = options;
  const gate = createGate({
    store: opened.store,
    spoolFolder: opened.dir,
    spoolLimits: SOON_ENOUGH,
    ...gateOptions,
  });
  const project = projectWith({ egress, secrets, sealed, params });
  const seals = createSeals(project);
  const { signal } = new AbortController();
  const call: TestGate['call'] = async (operation, args, origin) =>
    decode(await gate.call(operation, encode(args), originOf(project, { seals, signal, ...origin })));
  const fetchUnread: TestGate['fetchUnread'] = async (url, fetchOptions, origin) =>
    (await call('fetch', [fetchArgument(url, fetchOptions)], origin)) as FetchResult;
  return {
    gate,
    store: opened.store,
    dir: opened.dir,
    secrets: seals.secrets,
    project,
    call,
    fetchUnread,
    async fetch(url, fetchOptions, origin) {
      const { body, ...answer } = await fetchUnread(url, fetchOptions, origin);
      if (body instanceof Uint8Array) return { ...answer, body };
      const { handle } = body;
      return { ...answer, body: (await call('fetch_body', [{ handle, last: true }], origin)) as Uint8Array };
    },
    dial: (place, origin) => gate.dial(place, originOf(project, { seals, ...origin })),
    async rows() {
      // Rows are written in their order: after one more write of nothing all outcomes are there.
      await opened.store.appendLedger([]);
      return (await opened.store.listLedger({}, { limit: 1000 })).items.toReversed();
    },
    async [Symbol.asyncDispose]() {
      await gate.close();
      await opened.close();
    },
  };
}

/** The argument that the realm's `fetch` hands over. */
export const fetchArgument = (url: string, options: FetchOptions = {}) => ({
  method: 'GET',
  url,
  headers: [],
  body: null,
  redirect: 'follow',
  ...options,
});

/** A project as the catalog makes it, with these rules. */
export function projectWith({
  egress,
  secrets = {},
  sealed = {},
  params = {},
}: {
  readonly egress?: Partial<EgressSpec> | undefined;
  readonly secrets?: Readonly<Record<string, string>> | undefined;
  readonly sealed?: SealedSpecs | undefined;
  readonly params?: Readonly<Record<string, string>> | undefined;
}): LiveProject {
  const write = deployWrite();
  const manifest = {
    ...write.manifest,
    egress: { allow: [], allow_private: [], ...egress },
    params: Object.entries(params).map(([key, value]) => ({
      key,
      value,
      description: '',
      url: '',
      manager: true,
    })),
    secrets: Object.keys(secrets).map((key) => ({
      key,
      description: '',
      sealed: Object.hasOwn(sealed, key),
      hosts: sealed[key]?.hosts ?? [],
      in: sealed[key]?.in ?? (['header', 'url'] as const),
    })),
  };
  const loaded = {
    project: {
      id: PROJECT_ID,
      slug: 'demo',
      name: 'Demo',
      active: true,
      version: 3,
      created_at: MID_MONTH,
      updated_at: MID_MONTH,
    },
    version: {
      project_id: PROJECT_ID,
      number: 3,
      created_at: MID_MONTH,
      created_by: 'admin',
      files: {},
      bundle: null,
      manifest,
      program: write.program,
    },
    triggers: [],
    params: {},
  };
  return liveView(loaded, new Map(Object.entries(secrets)), 'http://hooks.test');
}

export const originOf = (project: LiveProject, changes: Partial<JobOrigin> = {}): JobOrigin => ({
  project,
  task: 'Greet',
  trigger: 'HELLO',
  jobId: '0190a1b2-0000-7000-8000-00000000000f',
  user: 'admin',
  seals: createSeals(project),
  signal: new AbortController().signal,
  ...changes,
});

/** Name and message of what the promise is rejected with; fails the test when it is not. */
export async function failureOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) throw new Error(`expected an error, got ${String(error)}`);
  return `${error.name}: ${error.message}`;
}
