import type { CommitDeps } from '../../runtime/env/embedded/commit.ts';
import { createEmbedded } from '../../runtime/env/embedded/create-embedded.ts';
import type { EnvSession } from '../../runtime/env/embedded/session.ts';
import type { Store } from '../../runtime/store/store.ts';
import type { JobUser } from '../../sandbox/types.ts';
import { decode } from '../../sandbox/wire/decode.ts';
import { encode } from '../../sandbox/wire/encode.ts';

export const USER: JobUser = { id: '7', name: 'Ada', login: 'ada', role: 'developer' };
const MB = 1024 ** 2;

/** Records of a store, whose changes start nothing. */
export const recordDeps = (store: Store): CommitDeps => ({
  store,
  catalog: { dbTriggers: () => [] },
  now: Date.now,
  mostBytes: 64 * MB,
  wake() {},
});

export interface Answered {
  readonly model: string;
  readonly fields: readonly string[];
  readonly records: readonly (Record<string, unknown> & { readonly id: number })[];
}

/** `env` of one job, called as its realm calls it. */
export interface CalledEnv {
  readonly session: EnvSession;
  call(operation: string, ...args: readonly unknown[]): Promise<unknown>;
  /** The same, for operations that answer with records. */
  records(operation: string, ...args: readonly unknown[]): Promise<Answered['records']>;
}

export function calledEnv(deps: CommitDeps, projectId = 'project-1', options = {}): CalledEnv {
  const env = createEmbedded(deps, options);
  const session = env.open({ user: USER, depth: 0 }, projectId);
  const caller = { jobId: 'job-1', signal: new AbortController().signal };
  const call: CalledEnv['call'] = async (operation, ...args) =>
    decode(await env.call(operation, encode(args), session, caller));
  return {
    session,
    call,
    records: async (operation, ...args) => ((await call(operation, ...args)) as Answered).records,
  };
}

/** Values as the realm sends them; a list `['record', model, id]` stands for a record. */
export const row = (values: Readonly<Record<string, unknown>>): readonly unknown[] =>
  Object.entries(values).map(([name, value]) => [name, 'value', value]);

/** The name and message with which something was refused. */
export async function refusedWith(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => new Error('It was not refused.'),
    (reason: unknown) => reason,
  );
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
