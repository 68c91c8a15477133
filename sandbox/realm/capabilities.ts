import type { JobContext, LogLevel } from '../types.ts';
import { makeAddJob, type OwnFunctions } from './add-job.ts';
import type { Connection } from './env/connection.ts';
import { makeEnvNames } from './env/env-names.ts';
import type { RealmJob } from './job.ts';
import { makeRegisters } from './registers.ts';
import { show } from './show.ts';
import { makeTextsIn } from './texts-in.ts';

/** The names of one job that are the same in the task realm and in the protected realm: docs/script-api.md. */
export type Capabilities = Record<string, unknown>;

/** Names that hold no job: shared by all of a realm, frozen. `JSON` as Python's users know it, and the log levels. */
export const constants: Capabilities = {
  LOG_DEBUG: 'debug',
  LOG_INFO: 'info',
  LOG_WARNING: 'warning',
  LOG_ERROR: 'error',
  LOG_CRITICAL: 'critical',
  json: {
    parse: JSON.parse,
    stringify: JSON.stringify,
    loads: (text: string): unknown => JSON.parse(text),
    dumps: (value: unknown): string => JSON.stringify(value),
  },
};

/** Names that both realms have. */
export function commonCapabilities(
  job: RealmJob,
  context: JobContext,
  connection: Connection,
  own: OwnFunctions = { byName: undefined },
): Capabilities {
  return {
    add_job: makeAddJob(job, own),
    params: context.params,
    texts: context.texts,
    texts_in: makeTextsIn(context),
    user: context.user,
    job: context.job,
    log: (message: unknown, level: unknown = 'info') => job.log(message, level),
    console: makeConsole(job),
    registers: makeRegisters(job),
    ...makeEnvNames(connection),
  };
}

/** Names that only tasks have. */
export function taskCapabilities(context: JobContext): Capabilities {
  return {
    webhooks: context.webhooks,
    TRIGGER_NAME: context.triggerName,
    trigger_name: context.triggerName,
  };
}

/** Names that only Protected Code has, `fetch` aside. */
export function protectedCapabilities(
  job: RealmJob,
  secrets: Readonly<Record<string, string>>,
): Capabilities {
  const declare = (recipient: unknown, data: unknown) => job.call('log_outgoing_data', [recipient, data]);
  return { secrets, log_outgoing_data: declare, log_transmission: declare };
}

function makeConsole(job: RealmJob): object {
  const at =
    (level: LogLevel) =>
    (...values: unknown[]) =>
      job.log(values.length === 1 ? values[0] : values.map(show).join(' '), level);
  return {
    debug: at('debug'),
    log: at('info'),
    info: at('info'),
    warn: at('warning'),
    error: at('error'),
    trace: at('debug'),
  };
}
