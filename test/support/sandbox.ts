import type { Hardening } from '../../sandbox/hardening/find-hardening.ts';
import { hostHardening } from '../../sandbox/hardening/host-hardening.ts';
import type {
  Encoded,
  JobHooks,
  JobLimits,
  JobLogLine,
  JobOrder,
  Outcome,
  PackageBundle,
  Program,
  RunningJob,
  Sandbox,
} from '../../sandbox/types.ts';
import { decode } from '../../sandbox/wire/decode.ts';
import { encode } from '../../sandbox/wire/encode.ts';
import { compiled } from './compiled.ts';

/** What tests of the sealed rooms share: compile some files, run a handler, see what came out. */
export const LIMITS: JobLimits = {
  timeoutMs: 5_000,
  cpuMs: 3_000,
  memoryBytes: 64 * 1024 * 1024,
  logLines: 1_000,
  logBytes: 1_000_000,
  resultBytes: 8_000_000,
  messageBytes: 8_000_000,
  calls: 10_000,
};

export interface TestJob {
  readonly files: Readonly<Record<string, string>>;
  readonly bundle?: PackageBundle;
  /** Its file; the first one unless given. */
  readonly task?: string;
  readonly handler?: string;
  readonly input?: unknown;
  readonly limits?: Partial<JobLimits>;
  readonly ownRealm?: Partial<JobOrder['ownRealm']>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly projectId?: string;
  readonly version?: number;
  readonly jobId?: string;
  readonly mask?: (text: string) => string;
  readonly withheld?: NonNullable<JobHooks['withheld']>;
  readonly onLog?: (line: JobLogLine) => void;
  /** Answers capability calls: the operation and its decoded arguments. */
  readonly call?: (operation: string, args: readonly unknown[], jobId: string) => unknown;
}

export interface TestOutcome {
  readonly outcome: Outcome;
  readonly result: unknown;
  readonly logs: readonly JobLogLine[];
  readonly messages: readonly string[];
}

/** Found out once: it is the same for every test. */
let found: Promise<Hardening> | undefined;

export function testHardening(): Promise<Hardening> {
  found ??= hostHardening();
  return found;
}

const programs = new Map<string, Promise<Program>>();
let lastJob = 0;

/** Compiled once per content, here: a child of its own for each program would cost every test more than its job. */
function programOf({ files, bundle }: TestJob): Promise<Program> {
  const key = JSON.stringify([files, bundle]);
  const program = programs.get(key) ?? compiled(files, bundle);
  programs.set(key, program);
  return program;
}

const versions = new Map<string, number>();

/** Another program is another version, as it is for users. */
function versionOf({ id }: Program): number {
  const version = versions.get(id) ?? 1000 + versions.size;
  versions.set(id, version);
  return version;
}

export async function startJob(
  sandbox: Sandbox,
  test: TestJob,
): Promise<RunningJob & { id: string; logs: JobLogLine[] }> {
  const program = await programOf(test);
  lastJob += 1;
  const jobId = test.jobId ?? `job-${lastJob}`;
  const logs: JobLogLine[] = [];
  const order: JobOrder = {
    jobId,
    projectId: test.projectId ?? 'project-1',
    version: test.version ?? versionOf(program),
    program,
    task: test.task ?? Object.keys(program.tasks)[0] ?? '',
    handler: test.handler ?? 'handle_button',
    input: encode(test.input),
    context: {
      params: { GREETING: 'Hello' },
      texts: { BYE: 'Bye' },
      webhooks: { ORDERS: 'http://127.0.0.1/hook/x' },
      triggerName: 'TEST',
      user: { id: '1', name: 'Test', login: 'test', role: 'developer' },
      job: { id: jobId, attempt: 1, trigger: 'TEST' },
    },
    limits: { ...LIMITS, ...test.limits },
    ownRealm: { task: false, protected: false, ...test.ownRealm },
  };
  const hooks: JobHooks = {
    log: (line) => {
      logs.push(line);
      test.onLog?.(line);
    },
    call: async (operation, args): Promise<Encoded> => {
      if (!test.call) throw new Error(`unexpected call of ${operation}`);
      return encode(await test.call(operation, decode(args) as unknown[], jobId));
    },
    secrets: () => test.secrets ?? {},
    mask: test.mask ?? ((text) => text),
    ...(test.withheld && { withheld: test.withheld }),
  };
  const running = sandbox.run(order, hooks);
  return { id: jobId, outcome: running.outcome, cancel: (reason) => running.cancel(reason), logs };
}

export async function runJob(sandbox: Sandbox, test: TestJob): Promise<TestOutcome> {
  const running = await startJob(sandbox, test);
  const outcome = await running.outcome;
  const result = outcome.status === 'done' ? decode(outcome.result) : undefined;
  return { outcome, result, logs: running.logs, messages: running.logs.map((line) => line.message) };
}

/** The project of a single task. */
export const taskOnly = (code: string): Record<string, string> => ({ 'tasks/t.ts': code });
