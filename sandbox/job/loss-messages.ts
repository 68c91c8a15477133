import { KILLS_UNTIL_QUARANTINE } from '../supervisor/conduct.ts';
import type { Loss } from '../supervisor/loss.ts';
import type { JobError } from '../types.ts';
import { placelessError } from './job-error.ts';

/** Sentences for people whose job ended with its runner or realm, or was not started for fear of that. */

/** Its realm is gone and its runner goes on. */
export const LOST_REALM: Loss = Object.freeze({
  verdict: 'bystander',
  limit: null,
  reason: 'another job used up the memory of its realm',
});

/** Its own code did it. */
export const crashedError = (reason: string): JobError =>
  placelessError(
    'Crashed',
    `The code of the job brought down the process it ran in: ${reason}. Very large arrays, texts, numbers or patterns do that; work on smaller pieces.`,
  );

/** Somebody else's code did it, as far as is known. */
export function interruptedError(reason: string, calledOut: boolean): JobError {
  const next = calledOut
    ? 'It had already called out, so it was not begun again by itself; run it again if that does no harm.'
    : 'It was begun again several times, in vain. Whoever runs this server can ask `sluice doctor` what is wrong.';
  return placelessError('Interrupted', `The job was stopped because ${reason}. ${next}`);
}

/** For the log of a job that brought down its process: what follows from it. */
export const strikeNote = (what: string, kills: number): string =>
  kills < KILLS_UNTIL_QUARANTINE
    ? `${what} brought down the process it ran in (${kills} of ${KILLS_UNTIL_QUARANTINE}; then it is not started for ten minutes, or until the next version).`
    : `${what} brought down the process it ran in ${kills} times. It is not started for ten minutes, or until the next version.`;

/** `what` is the file that is not started; `until` in milliseconds since 1970. */
export const quarantinedError = (what: string, kills: number, until: number): JobError =>
  placelessError(
    'Quarantined',
    `${what} has brought down its process ${kills} times since the last deploy. It is not started before ${new Date(until).toISOString()}, or until the next deploy.`,
  );
