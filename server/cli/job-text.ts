import type { JobError } from '../../sandbox/types.ts';
import { CliError } from './cli-error.ts';
import { printable } from './printable.ts';

const GOOD = new Set(['queued', 'running', 'done', 'done_with_warnings']);

const HOW: Readonly<Record<string, string>> = {
  queued: 'is queued',
  running: 'is running',
  done: 'is done',
  done_with_warnings: 'is done, with warnings',
  timed_out: 'timed out',
  limit_exceeded: 'went over a limit',
  cancelled: 'was cancelled',
};

/** `tasks/a.ts:3:7 TypeError: x is undefined`. */
export function errorLine(error: JobError): string {
  const place = error.file === null ? '' : `${error.file}:${error.line ?? 0}:${error.column ?? 0} `;
  return printable(`${place}${error.name}: ${error.message}`);
}

/** What follows a job's name in a sentence about its status. */
export const howItIs = (status: string): string => HOW[status] ?? status;

/** Throws when a job ended badly: the author's stack, then one line that says where and why. */
export function checkOutcome(
  job: { readonly status: string; readonly error: JobError | null },
  label: string,
): void {
  if (GOOD.has(job.status)) return;
  const { error } = job;
  const lines = error?.stack ? printable(error.stack.trimEnd(), { lines: true }).split('\n') : [];
  const what = error === null ? '' : `: ${errorLine(error)}`;
  throw new CliError(`${label} ${howItIs(job.status)}${what}`, { lines });
}
