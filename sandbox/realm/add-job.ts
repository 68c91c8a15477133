import type { RealmJob } from './job.ts';

/** Functions of the task by name; undefined until its code has run, and always in Protected Code. */
export interface OwnFunctions {
  byName: Readonly<Record<string, unknown>> | undefined;
}

/** `add_job` of one job. What it is given is judged by the works; here a function becomes its name. */
export function makeAddJob(job: RealmJob, own: OwnFunctions) {
  return function add_job(target: unknown, options: unknown = {}): (...args: unknown[]) => Promise<void> {
    const name = nameOf(target, own);
    return async (...args) => {
      await job.call('add_job', [name, options, args]);
    };
  };
}

/** While the task's own code still runs, only the function itself can tell what it is called. */
function nameOf(target: unknown, { byName }: OwnFunctions): unknown {
  if (typeof target !== 'function') return target;
  if (byName === undefined) return target.name;
  const found = Object.entries(byName).find(([, value]) => value === target);
  if (found !== undefined) return found[0];
  throw new TypeError('add_job takes a function that is declared at the top level of the task, or its name.');
}
