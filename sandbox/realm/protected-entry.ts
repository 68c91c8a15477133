import type { JobContext } from '../types.ts';
import { decode } from '../wire/decode.ts';
import { commonCapabilities, protectedCapabilities } from './capabilities.ts';
import { Connection } from './env/connection.ts';
import { takeApart } from './errors.ts';
import { RealmJob } from './job.ts';
import { describeOffer, findOffer, type NameShape } from './names.ts';
import type { Post, RealmLimits } from './post.ts';
import type { World } from './world.ts';

/** What the runner sends at a job's first protected call, as JSON. */
export interface ProtectedStart {
  readonly context: JobContext;
  readonly limits: RealmLimits;
  readonly secrets: Readonly<Record<string, string>>;
}

type Factory = (capabilities: object) => unknown;

/** Protected Code of one job: the factory ran once for it, and its names are kept until the job ends. */
export interface ProtectedJob {
  readonly job: RealmJob;
  readonly names: Promise<object>;
}

/** Runs Protected Code for one job; what it throws is told by the first call. */
export function startProtected(
  world: World,
  post: Post,
  id: string,
  factory: Factory,
  startText: string,
): ProtectedJob {
  const start = JSON.parse(startText) as ProtectedStart;
  const job = new RealmJob(id, post, start.limits);
  const capabilities = world.capabilities(job, {
    ...commonCapabilities(job, start.context, new Connection(job)),
    ...protectedCapabilities(job, start.secrets),
    ...world.network(job),
  });
  const names = (async () => (await factory(capabilities)) as object)();
  // Every call awaits it and reports its failure; without a call yet there is nobody to tell.
  names.catch(() => {});
  return { job, names };
}

/** Calls `path` with the encoded list of arguments and posts the result. */
export function invokeProtected(
  post: Post,
  { job, names }: ProtectedJob,
  callId: number,
  path: string,
  argsText: string,
  tails: Uint8Array[],
): void {
  job.cause = undefined;
  answer(post, job, callId, async () => {
    const call = findOffer(await names, path);
    if (call === undefined) throw new TypeError(`Protected Code offers no function ${path}.`);
    const args = decode({ text: argsText, tails });
    return await call(...(Array.isArray(args) ? args : []));
  });
}

/** Tells what Protected Code offers under these names, as a list of `NameShape`; constants by value. */
export function describeProtected(
  post: Post,
  { job, names }: ProtectedJob,
  callId: number,
  wanted: readonly string[],
): void {
  answer(post, job, callId, async () => {
    const offered = await names;
    return wanted.map((name) => describeName(job, name, (offered as Record<string, unknown>)[name]));
  });
}

function describeName(job: RealmJob, name: string, value: unknown): NameShape {
  const offer = describeOffer(value);
  if (offer.kind !== 'constant') return { name, ...offer };
  try {
    job.encode('messages', offer.value, name);
    return { name, ...offer };
  } catch (error) {
    return { name, kind: 'refused', message: takeApart(error).message };
  }
}

function answer(post: Post, job: RealmJob, callId: number, work: () => Promise<unknown>): void {
  work()
    .then((value) => job.encode('messages', value, 'result'))
    .then(
      ({ text, tails }) => post('return', job.id, callId, text, [...tails], job.dropped),
      (thrown: unknown) => {
        const { name, message, stack } = takeApart(thrown);
        post('throw', job.id, callId, name, message, stack, job.dropped);
      },
    );
}
