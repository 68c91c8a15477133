import type { JobError, Outcome } from '../sandbox/types.ts';
import type { KeptInput } from './kept-input.ts';
import type { LiveProject } from './live-project.ts';
import type { Logbook } from './logbook.ts';
import type { JobRow } from './store/job-store.ts';
import type { LogWrite } from './store/log-store.ts';
import { worseOf } from './words.ts';

export interface Ending {
  /** As it started. */
  readonly job: JobRow;
  readonly live: LiveProject;
  readonly outcome: Outcome;
  readonly logbook: Logbook;
  /** What is kept of the input. */
  kept(failed: boolean): KeptInput;
  /** JSON text as it may be stored. */
  result(): string | null;
  readonly at: number;
}

/** The final state of a job and those of its lines that are not on disk yet, to be committed together. */
export async function finishedJob(ending: Ending): Promise<{ job: JobRow; logs: readonly LogWrite[] }> {
  const { outcome, logbook, live } = ending;
  const error = outcome.status === 'done' ? null : outcome.error;
  if (error !== null) logbook.note(outcome.status === 'cancelled' ? 'info' : 'error', describeError(error));
  const logs = await logbook.close();
  const status = outcome.status === 'done' && logbook.warned ? 'done_with_warnings' : outcome.status;
  const job: JobRow = {
    ...ending.job,
    status,
    overall: logbook.failed ? worseOf(status, 'failed') : status,
    version: live.version.number,
    finished_at: ending.at,
    cpu_ms: Math.round(outcome.cpuMs),
    ...ending.kept(error !== null),
    result: error === null ? ending.result() : null,
    error: error === null ? null : JSON.stringify(error),
  };
  return { job, logs };
}

/** Message and position. Positions in Protected Code are for Managers, and the log is for everybody. */
export function describeError({ name, message, file, line, column }: JobError): string {
  const text = `${name}: ${message}`;
  if (file === null || file.startsWith('protected.')) return text;
  return `${text} (${[file, line, column].filter((part) => part !== null).join(':')})`;
}
