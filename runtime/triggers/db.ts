import { messageOf } from '../../sandbox/message-of.ts';
import { AppError } from '../app-error.ts';
import type { Catalog } from '../catalog.ts';
import type { Clock } from '../clock.ts';
import { idsFrom } from '../env/embedded/arguments.ts';
import { showRecords } from '../env/embedded/show-records.ts';
import { standardFields } from '../env/values/shown-record.ts';
import { findProject, findTrigger } from '../project-settings.ts';
import type { Runtime } from '../runtime.ts';
import type { JobRow } from '../store/job-store.ts';
import type { Store } from '../store/store.ts';
import type { Waiting } from '../waiting.ts';
import { dbJobs } from './db-jobs.ts';

export interface DbDeps {
  readonly store: Store;
  readonly catalog: Pick<Catalog, 'get'>;
  readonly clock: Clock;
  readonly waiting: Waiting;
  /** Tells the worker that there is something to do. */
  wake(): void;
}

/**
 * Queues a job of a db trigger for the records of `data.ids`, whatever its domains say of them: somebody wants these. Also while it is
 * switched off. Throws an AppError 422 for data that names no records, or too many for one job.
 */
export async function runDb(
  deps: DbDeps,
  { slug, name, data, waitMs, actor }: Parameters<Runtime['runTrigger']>[0],
): Promise<JobRow> {
  const live = findProject(deps.catalog, slug);
  const trigger = findTrigger(live, name);
  if (trigger.spec.type !== 'db') throw new Error(`${name} is no db trigger.`);
  const model = trigger.spec.model;
  const ids = idsOf(model, data);
  const known = await deps.store.loadModel(model);
  const rows = await deps.store.getRecords(model, ids).catch(tooLarge);
  const missing = ids.find((id) => !rows.some((row) => row.id === id));
  if (known === undefined || missing !== undefined) {
    throw new AppError(
      'invalid_data',
      422,
      `There is no record ${model}(${missing ?? ids[0]}) to run ${name} with.`,
    );
  }
  const { records } = await showRecords({ store: deps.store }, known, rows, standardFields(known)).catch(
    tooLarge,
  );
  const { id, name: person, login, role } = actor;
  const start = { now: deps.clock.now(), user: { id, name: person, login, role }, depth: 1 };
  const [job, ...more] = await dbJobs(live, trigger, { model, deleted: false, records }, start);
  if (job === undefined || more.length > 0) throw tooMany();
  const ended = deps.waiting.wait(job.id, waitMs);
  await deps.store.enqueueJob(job);
  deps.wake();
  if (waitMs <= 0) return job;
  await ended;
  return (await deps.store.getJob(job.id)) ?? job;
}

const tooMany = (cause?: Error): AppError =>
  new AppError('data_too_large', 413, 'These records are too many for one job. Name fewer ids at once.', {
    cause,
  });

function tooLarge(error: unknown): never {
  throw error instanceof RangeError ? tooMany(error) : error;
}

function idsOf(model: string, data: unknown): readonly number[] {
  const { ids, ...rest } = (typeof data === 'object' && data !== null ? data : {}) as Record<string, unknown>;
  if (!Array.isArray(ids) || ids.length === 0 || Object.keys(rest).length > 0) {
    const message = 'A db trigger is run by hand with the records it is to get: {"data": {"ids": [1, 2]}}.';
    throw new AppError('invalid_data', 422, message);
  }
  try {
    return idsFrom(model, ids);
  } catch (error) {
    throw new AppError('invalid_data', 422, messageOf(error), { cause: error });
  }
}
