import { createRuntime } from '../../runtime/create-runtime.ts';
import type { Keyring } from '../../runtime/keyring.ts';
import type { LiveProject } from '../../runtime/live-project.ts';
import type { HookAnswer, Runtime, RuntimeOptions } from '../../runtime/runtime.ts';
import type { JobRow } from '../../runtime/store/job-store.ts';
import type { LogRow } from '../../runtime/store/log-store.ts';
import type { Store } from '../../runtime/store/store.ts';
import { createSandbox } from '../../sandbox/create-sandbox.ts';
import type { HttpRequestData, Sandbox } from '../../sandbox/types.ts';
import { actor } from './deploys.ts';
import { openTestStore } from './store.ts';

const KEYRING: Keyring = {
  keys: [{ id: 'test', bytes: new Uint8Array(32).fill(9) }],
  source: 'the test',
};
const HOOK_URL = 'http://hooks.test';

export interface TestRuntime {
  readonly runtime: Runtime;
  readonly store: Store;
  readonly sandbox: Sandbox;
  /** What the operator was told. */
  readonly reports: readonly string[];
  /** Stops the works at once and removes their data, unless the store was given. */
  close(): Promise<void>;
}

/** The works with a real store and real sealed rooms. */
export async function openTestRuntime(options: Partial<RuntimeOptions> = {}): Promise<TestRuntime> {
  const opened =
    options.store === undefined ? openTestStore() : { store: options.store, close: async () => {} };
  const { store } = opened;
  const sandbox = await createSandbox();
  const reports: string[] = [];
  const runtime = await createRuntime({
    keyring: KEYRING,
    hookUrl: HOOK_URL,
    report: (message) => reports.push(message),
    ...options,
    store,
    sandbox,
  });
  return {
    runtime,
    store,
    sandbox,
    reports,
    async close() {
      await runtime.stop(0);
      await opened.close();
    },
  };
}

const MANAGER = actor('manager');

/** Deploys a project of this one task, as a Manager; `yaml` is added at the top, `task` to the task. */
export async function deployTask(
  runtime: Runtime,
  project: {
    readonly slug: string;
    readonly code: string;
    /** Lines of project.yaml, as they are. */
    readonly yaml?: string;
    /** Lines of the task, indented by four. */
    readonly task?: string;
    readonly triggers: readonly string[];
    readonly files?: Readonly<Record<string, string>>;
  },
): Promise<LiveProject> {
  const { slug, code, yaml = '', task = '', triggers } = project;
  const manifest = [
    `name: ${slug}`,
    `slug: ${slug}`,
    'active: true',
    yaml,
    'tasks:',
    '  - name: Task',
    '    code: tasks/t.ts',
    task,
    '    triggers:',
    ...triggers.map((trigger) => `      - ${trigger}`),
  ];
  const text = `${manifest.filter((line) => line !== '').join('\n')}\n`;
  const files = { 'project.yaml': text, 'tasks/t.ts': code, ...project.files };
  const deployed = await runtime.deploy({ slug, files, bundle: null, actor: MANAGER });
  return deployed.project;
}

const NOTHING = new Uint8Array(0);

/** A GET of the hook itself, with these differences. */
export const hookRequest = (request: Partial<HttpRequestData> = {}): HttpRequestData => ({
  method: 'GET',
  url: `${HOOK_URL}/hook/x`,
  path: '',
  args: [],
  form: [],
  files: [],
  cookies: [],
  headers: [],
  data: NOTHING,
  remote_addr: '192.0.2.7',
  ...request,
});

/** Calls the project's webhook by the trigger's name. */
export async function callHook(
  runtime: Runtime,
  slug: string,
  name: string,
  request: Partial<HttpRequestData> = {},
): Promise<HookAnswer | undefined> {
  const hook = runtime.project(slug)?.triggersByName.get(name)?.hook ?? '';
  return runtime.handleHook(hook, hookRequest(request));
}

/** Clicks the button and waits for the job to end or to go back to the queue. */
export const clickButton = (
  runtime: Runtime,
  slug: string,
  name: string,
  data: unknown = undefined,
): Promise<JobRow> => runtime.runTrigger({ slug, name, data, waitMs: 15_000, actor: MANAGER });

export async function newestJob(store: Store, project: string): Promise<JobRow> {
  const [job] = (await store.listJobs({ project }, { limit: 1 })).items;
  if (job === undefined) throw new Error(`Project ${project} has no job.`);
  return job;
}

/** In the order in which they were written. */
export async function linesOf(store: Store, job: string): Promise<readonly LogRow[]> {
  return (await store.listLogs({ job }, { limit: 1000 })).items.toReversed();
}
