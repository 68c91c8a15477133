import { HANDLER_OF } from '../handlers.ts';
import type { Encoded, HttpRequestData, JobContext } from '../types.ts';
import { decode } from '../wire/decode.ts';
import type { OwnFunctions } from './add-job.ts';
import { commonCapabilities, taskCapabilities } from './capabilities.ts';
import { Connection } from './env/connection.ts';
import { triggerRecords } from './env/model.ts';
import { callBehind, takeApart } from './errors.ts';
import { makeHttpRequest } from './http-request.ts';
import { RealmJob } from './job.ts';
import { type NameShape, protectedNames } from './names.ts';
import type { Post, RealmLimits } from './post.ts';
import type { World } from './world.ts';

/** What the runner sends along with a job of the task realm, as JSON. */
export interface TaskStart {
  readonly handler: string;
  /** The input is the list of the function's arguments, not its one argument. */
  readonly isSubJob: boolean;
  readonly context: JobContext;
  readonly limits: RealmLimits;
}

type Factory = (capabilities: object) => unknown;

/** Runs one handler of one job: calls the task's factory anew, then the handler, and posts how it ended. */
export function startTask(
  world: World,
  post: Post,
  id: string,
  factory: Factory,
  startText: string,
  input: Encoded,
  names: Encoded,
  forget: () => void,
): RealmJob {
  const start = JSON.parse(startText) as TaskStart;
  const job = new RealmJob(id, post, start.limits);
  run(world, job, factory, start, input, names).then(
    (answer) => {
      forget();
      post('done', id, answer.text, [...answer.tails], job.dropped);
    },
    (thrown: unknown) => {
      forget();
      const { name, message, stack } = takeApart(thrown);
      post('fail', id, name, message, stack, callBehind(thrown), job.dropped);
    },
  );
  return job;
}

async function run(
  world: World,
  job: RealmJob,
  factory: Factory,
  start: TaskStart,
  input: Encoded,
  names: Encoded,
): Promise<Encoded> {
  const { context, handler, isSubJob } = start;
  const connection = new Connection(job);
  const own: OwnFunctions = { byName: undefined };
  const capabilities = world.capabilities(job, {
    ...commonCapabilities(job, context, connection, own),
    ...taskCapabilities(context),
    protected: protectedNames(job, decode(names) as NameShape[]),
  });
  const functions = (await factory(capabilities)) as Record<string, unknown>;
  own.byName = functions;
  const handle = Object.hasOwn(functions, handler) ? functions[handler] : undefined;
  if (typeof handle !== 'function') throw new TypeError(`The task declares no function ${handler}.`);
  const data = decode(input);
  const isWebhook = handler === HANDLER_OF.webhook && !isSubJob;
  const argument = () => {
    if (isWebhook) return makeHttpRequest(data as HttpRequestData, world.decodeText);
    return handler === HANDLER_OF.db ? triggerRecords(connection, data) : data;
  };
  const args = isSubJob && Array.isArray(data) ? data : [argument()];
  const result: unknown = await Reflect.apply(handle, undefined, args);
  return job.encode('result', isWebhook ? await world.webhookResult(result) : result, 'result');
}
