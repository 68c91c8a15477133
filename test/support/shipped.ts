import { liveTexts } from '../../runtime/live-texts.ts';
import { type PreparedVersion, prepareDeploy } from '../../runtime/project/prepare-deploy.ts';
import { readProjectFolder } from '../../runtime/project/project-folder.ts';
import { shippedProject } from '../../runtime/project/shipped.ts';
import type { HttpRequestData, Sandbox } from '../../sandbox/types.ts';
import { decode } from '../../sandbox/wire/decode.ts';
import { encode } from '../../sandbox/wire/encode.ts';
import { actor, compiler } from './deploys.ts';
import { LIMITS } from './sandbox.ts';

/** A project of `scripts/`, through all that a Manager's deploy goes through. */
export async function prepareShipped(name: Parameters<typeof shippedProject>[0]): Promise<PreparedVersion> {
  const { slug, files } = await readProjectFolder(shippedProject(name));
  return prepareDeploy(compiler, { slug, files, bundle: null, actor: actor('manager') }, undefined);
}

export interface ShippedJob {
  /** Needed when several run beside each other. */
  readonly id?: string;
  readonly task: string;
  readonly handler: string;
  readonly input?: unknown;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, string>>;
  /** Does what the gate would: performs `fetch`, takes note of the rest. */
  readonly call?: (operation: string, args: readonly unknown[]) => Promise<unknown>;
}

/** Runs one handler in real sealed rooms. */
export async function runShipped(sandbox: Sandbox, version: PreparedVersion, job: ShippedJob) {
  const logs: string[] = [];
  const { manifest, program } = version;
  const { id = 'job-1' } = job;
  const valuesOf = (list: readonly { readonly key: string; readonly value: string }[]) =>
    Object.fromEntries(list.map(({ key, value }) => [key, value]));
  const running = sandbox.run(
    {
      jobId: id,
      projectId: manifest.slug,
      version: 1,
      program,
      task: job.task,
      handler: job.handler,
      input: encode(job.input),
      context: {
        params: { ...valuesOf(manifest.params), ...job.params },
        ...liveTexts(manifest.texts),
        webhooks: {
          TELEGRAM: 'https://sluice.example/hook/secret',
          ORDERS: 'https://sluice.example/hook/other',
        },
        triggerName: 'TEST',
        user: { id: '1', name: 'Ada', login: 'ada', role: 'developer' },
        job: { id, attempt: 1, trigger: 'TEST' },
      },
      limits: LIMITS,
      ownRealm: { task: false, protected: false },
    },
    {
      log: (line) => logs.push(`${line.level}: ${line.message}`),
      call: async (operation, args) => encode(await job.call?.(operation, decode(args) as unknown[])),
      secrets: () => job.secrets ?? {},
      mask: (text) => text,
    },
  );
  const outcome = await running.outcome;
  const result = outcome.status === 'done' ? decode(outcome.result) : undefined;
  const error = outcome.status === 'done' ? null : outcome.error;
  return { status: outcome.status, result, error, logs };
}

/** A POST of JSON, or any other request. */
export function webhookRequest(body: unknown, request: Partial<HttpRequestData> = {}): HttpRequestData {
  return {
    method: 'POST',
    url: 'https://sluice.example/hook/secret',
    path: '',
    args: [],
    form: [],
    files: [],
    cookies: [],
    headers: [['content-type', 'application/json']],
    data: new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body)),
    remote_addr: '192.0.2.1',
    ...request,
  };
}
